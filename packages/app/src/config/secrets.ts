import { join } from "node:path";
import { type CommandData, type CommandOptions, type CommandValues, type Reactor, UsageError } from "@hawser/core";
import { commandValues, type HasOptions, type OptionData, OptionError } from "../application/values.ts";
import { configurationLimits as limits } from "./limits.ts";
import { fileAt, fileFault } from "./path.ts";
import { isSecretReference, type SecretReference, secretPlace } from "./secret-reference.ts";

/** Where secrets are looked for. */
export interface SecretContext {
  readonly reactor: Reactor;
  /** The environment of the process. systemd's `CREDENTIALS_DIRECTORY` is in it. Default: empty. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Where relative paths begin. Default: the present folder. */
  readonly directory?: string | undefined;
  /** Takes a line about a secret that others can read. */
  readonly warn?: ((line: string) => void) | undefined;
}

/**
 * Puts the secrets of a service's options in the places that stand for them; to be done when it starts, and not before.
 * One line end at the end of a secret is no part of it.
 * @throws {UsageError} naming the option and the place, and nothing of what was found there
 */
export async function readSecrets(options: OptionData, context: SecretContext): Promise<OptionData> {
  const read = Object.entries(options).map(async ([option, data]) => {
    const known = await withSecrets(data, context).catch((error: unknown) => {
      if (!(error instanceof UsageError)) throw error;
      const fault = error.message.replace(/^C/, "c");
      throw new OptionError({ option, path: [], fault });
    });
    return [option, known] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

/**
 * What a command's `start` gets: the options of a service with their secrets read, as values.
 * @throws {OptionError}
 */
export async function serviceValues<Options extends CommandOptions>(
  command: HasOptions<Options>,
  options: OptionData,
  context: SecretContext,
): Promise<CommandValues<Options>> {
  return commandValues(command, await readSecrets(options, context));
}

/** Reads one secret. @throws {UsageError} */
export async function readSecret(reference: SecretReference, context: SecretContext): Promise<string> {
  const text = await secretText(reference, context);
  if (text.includes("\0")) throw unreadable(reference, "it has a NUL in it");
  return text.replace(/\r?\n$/, "");
}

async function withSecrets(data: CommandData, context: SecretContext): Promise<CommandData> {
  if (isSecretReference(data)) return readSecret(data, context);
  if (typeof data !== "object") return data;
  if (Array.isArray(data)) return Promise.all(data.map((item: CommandData) => withSecrets(item, context)));
  const members = Object.entries(data as Readonly<Record<string, CommandData>>);
  return Object.fromEntries(
    await Promise.all(members.map(async ([key, value]) => [key, await withSecrets(value, context)])),
  );
}

async function secretText(reference: SecretReference, context: SecretContext): Promise<string> {
  const { file, env, credential } = reference.secret;
  if (file !== undefined) return secretFile(reference, file, context);
  if (env !== undefined) {
    const value = context.environment?.[env];
    if (value === undefined) throw unreadable(reference, "it is not set");
    return value;
  }
  const folder = context.environment?.["CREDENTIALS_DIRECTORY"];
  if (folder === undefined) throw unreadable(reference, "systemd gives this process no credentials");
  if (!/^[\w.-]{1,255}$/.test(credential) || /^\.+$/.test(credential))
    throw unreadable(reference, "it is no name of one");
  return secretFile(reference, join(folder, credential), context);
}

async function secretFile(reference: SecretReference, file: string, context: SecretContext): Promise<string> {
  const { tree, path } = fileAt(context.reactor, file, context.directory);
  try {
    const { mode } = await tree.stat(path);
    if ((mode & 0o004) !== 0) context.warn?.(`everybody can read ${secretPlace(reference)}: chmod o= it`);
    const octets = await tree.readFile(path, { octetsMax: limits.secretOctetsMax });
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
  } catch (error) {
    throw unreadable(reference, error instanceof TypeError ? "it is not UTF-8" : fileFault(error));
  }
}

/** Says where the secret is, never what it is; so it has no `cause` either. */
function unreadable(reference: SecretReference, fault: string): UsageError {
  return new UsageError(`Cannot read the secret in ${secretPlace(reference)}: ${fault}`);
}

/** Every secret that options refer to, with what leads to it. */
export function secretsIn(
  options: OptionData,
): readonly { readonly option: string; readonly reference: SecretReference }[] {
  const found = (data: CommandData): readonly SecretReference[] => {
    if (isSecretReference(data)) return [data];
    return typeof data === "object" ? Object.values(data as Readonly<Record<string, CommandData>>).flatMap(found) : [];
  };
  return Object.entries(options).flatMap(([option, data]) => found(data).map((reference) => ({ option, reference })));
}

/** Options with a word in the place of each secret, and of each value of an option that holds one, for people to see. */
export function hideSecrets(options: OptionData, isSecret: (option: string) => boolean): OptionData {
  return Object.fromEntries(Object.entries(options).map(([name, data]) => [name, isSecret(name) ? "…" : hidden(data)]));
}

function hidden(data: CommandData): CommandData {
  if (isSecretReference(data)) return `(${secretPlace(data)})`;
  if (typeof data !== "object") return data;
  if (Array.isArray(data)) return data.map((item: CommandData) => hidden(item));
  return Object.fromEntries(
    Object.entries(data as Readonly<Record<string, CommandData>>).map(([key, value]) => [key, hidden(value)]),
  );
}
