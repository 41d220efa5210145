import { FileError, quote } from "@hawser/core/protocol";
import { SendmailError } from "./errors.ts";
import type { SendmailSystem } from "./system.ts";

/**
 * Where mail goes, and how this host is called: the keys of `sendmail.json`. There is one of `queue` and `relay`.
 *
 * ```json
 * { "relay": "tls:smtp.example.org:465", "user": "alice@example.org", "passwordFile": "/home/alice/.config/hawser/smtp-password" }
 * ```
 */
export interface SendmailSettings {
  /** The folder of a queue that `hawser mail` runs. */
  readonly queue?: string | undefined;
  /** The endpoint of a server that takes mail at once: `tls:smtp.example.org:465`, `unix:/run/hawser/sendmail`. */
  readonly relay?: string | undefined;
  /** Our login there, */
  readonly user?: string | undefined;
  /** and a file that holds the password, which nobody else may read. */
  readonly passwordFile?: string | undefined;
  /** As for `connectSmtp`. Default: required with a login, unless the server is on this machine. */
  readonly startTls?: "never" | "opportunistic" | "required" | undefined;
  /** What this host calls itself. Default: the system's name. */
  readonly hostName?: string | undefined;
  /** What is put behind addresses without a domain. Default: what `/etc/mailname` says, or the name of the host. */
  readonly domain?: string | undefined;
  /** Who may send with any address (`-f`); everybody else with their own alone. Default: all may. */
  readonly trustedUsers?: readonly string[] | undefined;
}

/**
 * Reads the settings: from the file that `HAWSER_SENDMAIL` names, else `.config/hawser/sendmail.json` at home, else
 * `/etc/hawser/sendmail.json`. No word of the command line can change them: strangers may have written it.
 * @throws {SendmailError} `configuration`
 */
export async function readSendmailSettings(system: SendmailSystem): Promise<SendmailSettings> {
  const { environment, user } = system;
  const named = environment["HAWSER_SENDMAIL"];
  const places = named
    ? [named]
    : [...(user.home ? [`${user.home}/.config/hawser/sendmail.json`] : []), systemSettings];
  for (const place of places) {
    const text = await textOf(system, place, named !== undefined && named !== "");
    if (text !== undefined) return settingsOf(text, place);
  }
  throw bad(`nothing says where mail goes: write ${systemSettings}`);
}

/** The password of the login. @throws {SendmailError} `configuration` when others may read its file */
export async function sendmailPassword(system: SendmailSystem, path: string): Promise<string> {
  try {
    const { mode } = await system.reactor.files("/").stat(path.slice(1));
    if ((mode & 0o007) !== 0) throw bad(`others may use ${path}: take their rights away`);
    return firstLine(await readSystemFile(system, path));
  } catch (error) {
    if (error instanceof FileError) throw bad(`${path} cannot be read`, error);
    throw error;
  }
}

/** `undefined`: it is not there. */
async function textOf(system: SendmailSystem, path: string, isNeeded: boolean): Promise<string | undefined> {
  if (!path.startsWith("/")) throw bad(`the path ${quote(path)} does not begin with /`);
  try {
    return await readSystemFile(system, path);
  } catch (error) {
    const isMissing = error instanceof FileError && (error.code === "not-found" || error.code === "not-a-directory");
    if (isMissing && !isNeeded) return undefined;
    throw bad(`${path} cannot be read`, error);
  }
}

function settingsOf(text: string, path: string): SendmailSettings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw bad(`${path} is not JSON`, error); // what it holds is not told
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad(`${path} holds no object`);
  for (const [key, one] of Object.entries(value)) {
    const isRight = Object.hasOwn(checks, key) ? checks[key as keyof SendmailSettings] : undefined;
    if (isRight === undefined) throw bad(`${path} has the key ${quote(key)}, which means nothing`);
    if (!isRight(one)) throw bad(`the value of ${quote(key)} in ${path} is not right`);
  }
  return consistent(value as SendmailSettings, path);
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "" && !/[\0-\x1f]/.test(value);
const isPath = (value: unknown): boolean => isText(value) && (value as string).startsWith("/");

const checks: Readonly<Record<keyof SendmailSettings, (value: unknown) => boolean>> = {
  queue: isPath,
  relay: isText,
  user: isText,
  passwordFile: isPath,
  startTls: (value) => value === "never" || value === "opportunistic" || value === "required",
  hostName: isHost,
  domain: isHost,
  trustedUsers: (value) => Array.isArray(value) && value.every(isText),
};

/** What may stand behind an `@`, and in a header. */
function isHost(value: unknown): boolean {
  return typeof value === "string" && /^[A-Za-z0-9\u0080-\uffff_-]+(?:\.[A-Za-z0-9\u0080-\uffff_-]+)*$/.test(value);
}

function consistent(settings: SendmailSettings, path: string): SendmailSettings {
  const { queue, relay, user, passwordFile } = settings;
  if ((queue === undefined) === (relay === undefined)) throw bad(`${path} must have one of "queue" and "relay"`);
  if ((user === undefined) !== (passwordFile === undefined))
    throw bad(`${path} must have both of "user" and "passwordFile", or none`);
  if (user !== undefined && relay === undefined) throw bad(`${path} has a login, and no "relay"`);
  return settings;
}

/** A small file of the system, wherever links lead. @throws {FileError} */
export async function readSystemFile({ reactor }: Pick<SendmailSystem, "reactor">, path: string): Promise<string> {
  return Buffer.from(await reactor.files("/").readFile(path.slice(1))).toString();
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0]!;
}

function bad(reason: string, cause?: unknown): SendmailError {
  return new SendmailError("configuration", `Cannot send mail: ${reason}`, { cause });
}

const systemSettings = "/etc/hawser/sendmail.json";
