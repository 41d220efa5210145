import { FileError, quote, type Reactor } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import type { DigestAlgorithm, ScramHash } from "../credentials.ts";
import { type PasswordHasher, passwordHasher } from "../hashing/password-hasher.ts";
import { preparePassword, prepareUserName } from "../names.ts";
import { deriveScramSecret } from "../sasl/scram/keys.ts";
import { makeTotpSecret } from "../totp/totp.ts";
import { makeAppPassword } from "./app-password.ts";
import { changeFile, type FileChangeOptions } from "./change-file.ts";
import { formatDigestSecret, makeDigestSecret } from "./digest-secret.ts";
import { filePlace } from "./file-place.ts";
import { formatScramSecret } from "./scram-secret.ts";
import type { UserField, UserLine } from "./user-line.ts";
import type { UserRecord } from "./user-record.ts";
import { UsersText } from "./users-text.ts";
import { decode, usersFileOctetsMax } from "./watched-file.ts";

/** Whose file is edited, and how patiently. */
export interface EditUsersOptions extends Omit<FileChangeOptions, "reactor"> {
  /** Default: the reactor `node`. */
  readonly reactor?: Reactor | undefined;
  /** Default: the one that all checkers of the reactor share. */
  readonly hasher?: PasswordHasher | undefined;
}

/** What else is kept about a user. */
export interface UserSecretsOptions {
  /**
   * Mechanisms of SCRAM to keep a secret for. Whoever steals the file can try passwords against it much faster than against
   * scrypt, so: default none.
   */
  readonly scram?: readonly ScramHash[] | undefined;
  /** Default 65,536, which is what an unknown user is shown as well. RFC 7677 §4 asks for 4,096 at least. */
  readonly scramIterations?: number | undefined;
  /** Realm to keep a secret of HTTP Digest for, which is tried faster still. Default none. */
  readonly digestRealm?: string | undefined;
  /** Default `SHA-256`. */
  readonly digestAlgorithm?: DigestAlgorithm | undefined;
}

/** What a new user has besides a password. */
export interface NewUserOptions extends EditUsersOptions, UserSecretsOptions {
  readonly groups?: readonly string[] | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/**
 * Adds a user to a users file, and makes the file where there is none. When it returns, the user is on the disk.
 * @throws {UserFileError} `user-exists`, `busy`; {@link RangeError} for what is no name or no password
 */
export async function addUser(
  path: string,
  user: string,
  password: string,
  options: NewUserOptions = {},
): Promise<void> {
  const name = checkedName(user);
  const secrets = await secretsOf(name, password, options);
  const fields = [
    ...groupFields(options.groups ?? []),
    ...attributeFields(options.attributes ?? {}),
    ...secrets.fields,
  ];
  await edit(path, options, (users) => users.added({ name, password: secrets.hash, fields }));
}

/** Takes a user out of a users file. @throws {UserFileError} `no-such-user`, `busy` */
export async function removeUser(path: string, user: string, options: EditUsersOptions = {}): Promise<void> {
  await edit(path, options, (users) => users.removed(checkedName(user)));
}

/**
 * Sets a user's password anew. Secrets of SCRAM and Digest are made anew for those that the user had and for those that are
 * asked for; an old one would still let the old password in.
 * @throws {UserFileError} `no-such-user`, `busy`; {@link RangeError}
 */
export async function setPassword(
  path: string,
  user: string,
  password: string,
  options: EditUsersOptions & UserSecretsOptions = {},
): Promise<void> {
  const name = checkedName(user);
  const before = (await listUsers(path, options)).find((record) => record.name === name);
  const digest = before?.digest?.[0];
  const secrets = await secretsOf(name, password, {
    digestRealm: digest?.realm,
    digestAlgorithm: digest?.algorithm,
    ...options,
    scram: [...new Set([...(before?.scram ?? []).map(({ hash }) => hash), ...(options.scram ?? [])])],
  });
  await change(path, name, options, (line) => ({
    ...line,
    password: secrets.hash,
    fields: [...without(line, "scram", "digest"), ...secrets.fields],
  }));
}

/**
 * Gives a user a second step, or a new one.
 * @returns the secret in base32, for the user's authenticator program: see {@link totpUri}
 */
export async function setTotp(path: string, user: string, options: EditUsersOptions = {}): Promise<string> {
  const secret = makeTotpSecret((options.reactor ?? nodeReactor).random);
  await change(path, checkedName(user), options, (line) => ({
    ...line,
    fields: [...without(line, "totp"), ["totp", secret]],
  }));
  return secret;
}

/** Takes a user's second step away. */
export async function removeTotp(path: string, user: string, options: EditUsersOptions = {}): Promise<void> {
  await change(path, checkedName(user), options, (line) => ({ ...line, fields: without(line, "totp") }));
}

/**
 * Makes a password for one program of a user, which needs no second step. One of the same name is replaced.
 * @returns the password, which is kept nowhere else
 */
export async function addAppPassword(
  path: string,
  user: string,
  program: string,
  options: EditUsersOptions = {},
): Promise<string> {
  const label = checkedProgram(program);
  const { password, hash } = makeAppPassword((options.reactor ?? nodeReactor).random);
  await change(path, checkedName(user), options, (line) => ({
    ...line,
    fields: [...withoutApp(line, label), ["app", `${label}:${hash}`]],
  }));
  return password;
}

/** Takes an app password back. */
export async function removeAppPassword(
  path: string,
  user: string,
  program: string,
  options: EditUsersOptions = {},
): Promise<void> {
  const label = checkedProgram(program);
  await change(path, checkedName(user), options, (line) => ({ ...line, fields: withoutApp(line, label) }));
}

/** Locks a user out, or lets one in again; all that is kept about the user stays. */
export async function lockUser(
  path: string,
  user: string,
  isLocked: boolean,
  options: EditUsersOptions = {},
): Promise<void> {
  await change(path, checkedName(user), options, (line) => ({
    ...line,
    password: `${isLocked ? "!" : ""}${line.password.replace(/^!/, "")}`,
  }));
}

/** The users of a file, in its order; none when there is no such file. */
export async function listUsers(path: string, options: EditUsersOptions = {}): Promise<readonly UserRecord[]> {
  const { tree, path: place } = filePlace(options.reactor ?? nodeReactor, path);
  try {
    return new UsersText(decode(await tree.readFile(place, { octetsMax: usersFileOctetsMax }), path)).records;
  } catch (error) {
    if (error instanceof FileError && error.code === "not-found") return [];
    throw error;
  }
}

async function edit(path: string, options: EditUsersOptions, change: (users: UsersText) => string): Promise<void> {
  const { reactor = nodeReactor } = options;
  await changeFile(path, (text) => change(new UsersText(text)), { ...options, reactor });
}

async function change(
  path: string,
  name: string,
  options: EditUsersOptions,
  changeLine: (line: UserLine) => UserLine,
): Promise<void> {
  await edit(path, options, (users) => users.changed(name, changeLine));
}

async function secretsOf(
  name: string,
  text: string,
  options: EditUsersOptions & UserSecretsOptions,
): Promise<{ readonly hash: string; readonly fields: readonly UserField[] }> {
  const { reactor = nodeReactor, scram = [], scramIterations, digestRealm, digestAlgorithm = "SHA-256" } = options;
  const password = preparePassword(text);
  if (password === undefined)
    throw new RangeError(`Cannot set the password of ${quote(name)}: it is empty, too long, or has controls`);
  const hash = await (options.hasher ?? passwordHasher(reactor)).hash(password, options);
  const scramFields = await Promise.all(
    scram.map(async (kind): Promise<UserField> => {
      const settings = { hash: kind, iterations: scramIterations, salt: reactor.random.bytes(16) };
      const secret = await deriveScramSecret(reactor, password, settings).catch((cause: unknown) => {
        if (cause instanceof TypeError) throw new RangeError(cause.message, { cause });
        throw cause;
      });
      return ["scram", formatScramSecret(secret)];
    }),
  );
  const digestFields: readonly UserField[] =
    digestRealm === undefined
      ? []
      : [["digest", formatDigestSecret(makeDigestSecret(name, password, digestRealm, digestAlgorithm))]];
  return { hash, fields: [...scramFields, ...digestFields] };
}

function groupFields(groups: readonly string[]): readonly UserField[] {
  const odd = groups.find((group) => !/^[^,\p{Cc}]+$/u.test(group));
  if (odd !== undefined)
    throw new RangeError(`Cannot put a user into the group ${quote(odd)}: that is no name of a group`);
  return groups.length === 0 ? [] : [["groups", groups.join(",")]];
}

function attributeFields(attributes: Readonly<Record<string, string>>): readonly UserField[] {
  const odd = Object.keys(attributes).find((key) => !/^[\w.-]+$/.test(key));
  if (odd !== undefined)
    throw new RangeError(`Cannot give a user the attribute ${quote(odd)}: take letters and digits`);
  return Object.entries(attributes).map(([key, value]) => [`attr.${key}`, value]);
}

function without({ fields }: UserLine, ...keys: readonly string[]): readonly UserField[] {
  return fields.filter(([key]) => !keys.includes(key));
}

function withoutApp({ fields }: UserLine, program: string): readonly UserField[] {
  return fields.filter(([key, value]) => key !== "app" || !value.startsWith(`${program}:`));
}

function checkedName(text: string): string {
  const name = prepareUserName(text);
  if (name === undefined)
    throw new RangeError(`Cannot take ${quote(text)} for a user name: it is empty, too long, or has controls`);
  return name;
}

function checkedProgram(text: string): string {
  if (!/^[\w .-]{1,64}$/.test(text))
    throw new RangeError(`Cannot name an app password ${quote(text)}: take letters and digits`);
  return text;
}
