import {
  type CommandOption,
  type CommandOptions,
  type CommandValues,
  optionFlag,
  optionValue,
  optionValues,
  type Reactor,
  type Terminal,
  UsageError,
} from "@hawser/core";
import type { ScramHash } from "../credentials.ts";
import type { PasswordHasher } from "../hashing/password-hasher.ts";
import { preparePassword } from "../names.ts";
import { totpUri } from "../totp/totp.ts";
import {
  addAppPassword,
  addUser,
  listUsers,
  lockUser,
  removeAppPassword,
  removeTotp,
  removeUser,
  setPassword,
  setTotp,
} from "../users/edit.ts";
import { UserFileError } from "../users/errors.ts";
import type { UserRecord } from "../users/user-record.ts";

/** What `hawser user` is given besides its words. */
export interface UserToolContext {
  readonly reactor: Reactor;
  readonly terminal: Omit<Terminal, "write">;
  /** Default: the one of the reactor. */
  readonly hasher?: PasswordHasher | undefined;
  /** Aborts when the person has had enough. */
  readonly signal?: AbortSignal | undefined;
}

/** The word behind `hawser user add`, `remove`, `password`, `lock`. */
export interface UserOperand {
  readonly name: string;
}

/** Where the users are. */
export interface UserFileOptions extends CommandOptions {
  readonly file: CommandOption<string | undefined>;
}

/** What `hawser user password` takes. */
export interface UserPasswordOptions extends UserFileOptions {
  readonly passwordStdin: CommandOption<boolean>;
  readonly scram: CommandOption<readonly ScramHash[]>;
  readonly digestRealm: CommandOption<string | undefined>;
}

/** What `hawser user add` takes. */
export interface UserAddOptions extends UserPasswordOptions {
  readonly group: CommandOption<readonly string[]>;
}

/** What `hawser user lock` takes. */
export interface UserLockOptions extends UserFileOptions {
  readonly undo: CommandOption<boolean>;
}

/** What `hawser user totp` takes. */
export interface UserTotpOptions extends UserFileOptions {
  readonly issuer: CommandOption<string | undefined>;
  readonly remove: CommandOption<boolean>;
}

/** What `hawser user app-password` takes. */
export interface UserAppPasswordOptions extends UserFileOptions {
  readonly remove: CommandOption<boolean>;
}

/** The options of `hawser user remove` and `list`. */
export const userFileOptions: UserFileOptions = {
  file: optionValue("FILE", "the users file", { defaultText: "users" }),
};

/** The options of `hawser user password`. */
export const userPasswordOptions: UserPasswordOptions = {
  ...userFileOptions,
  passwordStdin: optionFlag("take the password from standard input, less the end of its line"),
  scram: optionValues("HASH", "keep a secret for SCRAM too: sha1, sha256 or sha512; it is easier to crack", {
    parse: parseScramHash,
  }),
  digestRealm: optionValue("REALM", "keep a secret for HTTP Digest in this realm too; it is much easier to crack"),
};

/** The options of `hawser user add`. */
export const userAddOptions: UserAddOptions = {
  ...userPasswordOptions,
  group: optionValues("GROUP", "a group the user is in"),
};

/** The options of `hawser user lock`. */
export const userLockOptions: UserLockOptions = { ...userFileOptions, undo: optionFlag("let the user in again") };

/** The options of `hawser user totp`. */
export const userTotpOptions: UserTotpOptions = {
  ...userFileOptions,
  issuer: optionValue("NAME", "what the authenticator program calls us", { defaultText: "Hawser" }),
  remove: optionFlag("take the second step away"),
};

/** The options of `hawser user app-password`. */
export const userAppPasswordOptions: UserAppPasswordOptions = {
  ...userFileOptions,
  remove: optionFlag("take the password of this program back"),
};

/** `hawser user add NAME`: asks for a password twice, and adds the user. */
export async function runUserAdd(
  values: UserOperand & CommandValues<UserAddOptions>,
  context: UserToolContext,
): Promise<number> {
  const { name, group, scram: hashes, digestRealm: realm } = values;
  return reporting(async () => {
    if ((await listUsers(fileOf(values), context)).some((user) => user.name === name))
      throw new UserFileError("user-exists", `Cannot add ${JSON.stringify(name)}: there is such a user`);
    const password = await askPassword(values.passwordStdin, context.terminal);
    await addUser(fileOf(values), name, password, { ...context, groups: group, scram: hashes, digestRealm: realm });
    context.terminal.print(`added ${name}`);
  });
}

/** `hawser user remove NAME`. */
export async function runUserRemove(
  values: UserOperand & CommandValues<UserFileOptions>,
  context: UserToolContext,
): Promise<number> {
  return reporting(async () => {
    await removeUser(fileOf(values), values.name, context);
    context.terminal.print(`removed ${values.name}`);
  });
}

/** `hawser user password NAME`: asks for a password twice, and sets it. */
export async function runUserPassword(
  values: UserOperand & CommandValues<UserPasswordOptions>,
  context: UserToolContext,
): Promise<number> {
  const { name, scram: hashes, digestRealm: realm } = values;
  return reporting(async () => {
    const password = await askPassword(values.passwordStdin, context.terminal);
    const digest = realm === undefined ? {} : { digestRealm: realm };
    await setPassword(fileOf(values), name, password, { ...context, scram: hashes, ...digest });
    context.terminal.print(`the password of ${name} is set`);
  });
}

/** `hawser user lock NAME`. */
export async function runUserLock(
  values: UserOperand & CommandValues<UserLockOptions>,
  context: UserToolContext,
): Promise<number> {
  return reporting(async () => {
    await lockUser(fileOf(values), values.name, values.undo !== true, context);
    context.terminal.print(`${values.name} is ${values.undo ? "let in again" : "locked out"}`);
  });
}

/** `hawser user list`: one user a line, with groups and second steps; lines that cannot be read on standard error. */
export async function runUserList(values: CommandValues<UserFileOptions>, context: UserToolContext): Promise<number> {
  return reporting(async () => {
    for (const user of await listUsers(fileOf(values), context)) context.terminal.print(describe(user));
  });
}

/** `hawser user totp NAME`: makes a secret for an authenticator program, and prints it once. */
export async function runUserTotp(
  values: UserOperand & CommandValues<UserTotpOptions>,
  context: UserToolContext,
): Promise<number> {
  const { name, issuer = "Hawser", remove } = values;
  return reporting(async () => {
    if (remove) return removeTotp(fileOf(values), name, context);
    const secret = await setTotp(fileOf(values), name, context);
    context.terminal.print(secret);
    context.terminal.print(totpUri(name, secret, issuer));
  });
}

/** `hawser user app-password NAME PROGRAM`: makes a password for one program, and prints it once. */
export async function runUserAppPassword(
  values: UserOperand & { readonly program: string } & CommandValues<UserAppPasswordOptions>,
  context: UserToolContext,
): Promise<number> {
  const { name, program, remove } = values;
  return reporting(async () => {
    if (remove) return removeAppPassword(fileOf(values), name, program, context);
    context.terminal.print(await addAppPassword(fileOf(values), name, program, context));
  });
}

/** What the person can mend by other words becomes a {@link UsageError}. */
async function reporting(work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (error instanceof UserFileError || error instanceof RangeError)
      throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function askPassword(fromInput: boolean | undefined, terminal: UserToolContext["terminal"]): Promise<string> {
  if (fromInput) return checkedPassword(inputText(await terminal.readAllInput({ octetsMax: 4096 })));
  const password = checkedPassword(await terminal.readSecret("Password: "));
  if ((await terminal.readSecret("The same again: ")) === password) return password;
  throw new UsageError("the passwords are not the same");
}

function inputText(octets: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(octets).replace(/\r?\n$/, "");
  } catch (cause) {
    throw new UsageError("the password is no UTF-8", { cause });
  }
}

function checkedPassword(text: string): string {
  if (text === "") throw new UsageError("the password is empty");
  if (preparePassword(text) === undefined) throw new UsageError("the password is too long, or has controls in it");
  return text;
}

function describe({ name, groups, password, locked, totp, appPasswords = [], scram = [] }: UserRecord): string {
  const notes = [
    ...(locked ? ["locked"] : []),
    ...(password === undefined && !locked ? ["no password"] : []),
    ...(groups.length > 0 ? [`groups ${groups.join(",")}`] : []),
    ...(totp === undefined ? [] : ["code"]),
    ...scram.map(({ hash }) => `scram ${hash}`),
    ...appPasswords.map((app) => `app ${app.name}`),
  ];
  return [name, ...notes].join("  ");
}

function fileOf(values: { readonly file: string | undefined }): string {
  return values.file ?? "users";
}

function parseScramHash(text: string): ScramHash {
  if (text === "sha1" || text === "sha256" || text === "sha512") return text;
  throw new UsageError(`"${text}" is not one of sha1, sha256, sha512`);
}
