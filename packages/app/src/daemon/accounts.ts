import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { quote, UsageError } from "@hawser/core";

/** The account that a daemon runs under once it listens. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** For its other groups; `undefined` for a number that has no name. */
  readonly name: string | undefined;
}

/** A line of passwd(5) or group(5). */
export interface AccountLine {
  readonly name: string;
  readonly id: number;
  /** The primary group, in passwd(5). */
  readonly gid: number | undefined;
}

/** A look-up in a directory service takes no longer. */
const lookUpMs = 5_000;

/** What shells and useradd(8) take for a name. It is an argument of getent(1), so it is no option. */
const nameForm = /^[a-z_][\w.@-]{0,255}\$?$/i;

/**
 * Finds the account for `--uid` and `--gid`, which are names or numbers. Without a group it is the user's own.
 * @throws {UsageError} when there is no such user or group
 */
export function findAccount(user: string | undefined, group: string | undefined): Account | undefined {
  if (user === undefined && group === undefined) return undefined;
  const line = user === undefined ? undefined : findUser(user);
  const gid = group === undefined ? line?.gid : findGroup(group);
  if (gid === undefined) throw new UsageError(`Cannot tell the group of user ${user}: it has no name; give --gid too`);
  return { uid: line?.id ?? process.getuid?.() ?? 0, gid, name: line?.name };
}

function findUser(user: string): Partial<AccountLine> {
  const line = lookUp("passwd", user) ?? (isNumber(user) ? { id: Number(user) } : undefined);
  if (line === undefined) throw new UsageError(`Cannot run as user ${quote(user)}: there is no such user`);
  return line;
}

function findGroup(group: string): number {
  const line = lookUp("group", group);
  if (line !== undefined) return line.id;
  if (isNumber(group)) return Number(group);
  throw new UsageError(`Cannot run as group ${quote(group)}: there is no such group`);
}

/** The files first, as every system has them; then whatever the system asks beside them. */
function lookUp(database: "passwd" | "group", wanted: string): AccountLine | undefined {
  if (!isNumber(wanted) && !nameForm.test(wanted)) return undefined;
  return findAccountLine(readText(`/etc/${database}`), wanted) ?? findAccountLine(getent(database, wanted), wanted);
}

/** Finds a line of passwd(5) or group(5) by its name or number. */
export function findAccountLine(text: string, wanted: string): AccountLine | undefined {
  return text
    .split("\n")
    .map(parseAccountLine)
    .find((line) => line?.name === wanted || (isNumber(wanted) && line?.id === Number(wanted)));
}

function parseAccountLine(line: string): AccountLine | undefined {
  const [name = "", , id = "", gid = ""] = line.split(":");
  if (name === "" || !isNumber(id)) return undefined;
  return { name, id: Number(id), gid: isNumber(gid) ? Number(gid) : undefined };
}

/** Ids have 32 bits, and the largest means "none" (chown(2)). */
function isNumber(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) < 2 ** 32 - 1;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function getent(database: string, wanted: string): string {
  return spawnSync("getent", [database, wanted], { encoding: "utf8", timeout: lookUpMs }).stdout ?? "";
}
