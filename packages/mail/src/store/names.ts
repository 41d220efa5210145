import { quote } from "@hawser/core";
import { MailStoreError } from "./errors.ts";
import { folderDepthMax, folderNameOctetsMax } from "./limits.ts";
import type { MailFolderInfo } from "./store.ts";

/** The one folder that everybody has. */
export const inbox = "INBOX";

/**
 * A folder's name as stores know it: `INBOX` in capitals, also where folders lie below it, and Unicode in one form.
 * @throws {MailStoreError} `bad-name` for what cannot be one: empty levels, control characters, `.` and `..`
 */
export function folderName(text: string): string {
  const name = text.normalize("NFC").replace(/^inbox(?=\/|$)/i, inbox);
  const levels = name.split("/");
  if (Buffer.byteLength(name) > folderNameOctetsMax || levels.length > folderDepthMax)
    throw new MailStoreError("bad-name", `Cannot call a folder ${quote(text)}: that is too long`);
  if (levels.some((level) => level === "" || level === "." || level === ".." || /[\0-\x1f\x7f]/.test(level)))
    throw new MailStoreError("bad-name", `Cannot call a folder ${quote(text)}`);
  return name;
}

/** The names above this one, the nearest last: `a/b/c` has `a` and `a/b`. */
export function namesAbove(name: string): readonly string[] {
  const levels = name.split("/");
  return levels.slice(1).map((_, i) => levels.slice(0, i + 1).join("/"));
}

/** Whether a name lies below another, on any level. */
export function isBelow(name: string, above: string): boolean {
  return name.startsWith(`${above}/`);
}

/**
 * What each folder is called after one was given another name with all below it: pairs of before and after. Of `INBOX` only
 * the messages go, so there are none.
 * @throws {MailStoreError} `no-folder`, `folder-exists`, `bad-name`
 */
export function renamedNames(
  fromText: string,
  toText: string,
  names: readonly string[],
): readonly (readonly [before: string, after: string])[] {
  const [from, to] = [folderName(fromText), folderName(toText)];
  const moved = names.filter((name) => name === from || isBelow(name, from));
  if (moved.length === 0) throw new MailStoreError("no-folder", `Cannot find the folder ${quote(fromText)}`);
  if (names.includes(to)) throw folderExists(to);
  if (from === inbox) return [];
  if (isBelow(to, from)) throw new MailStoreError("bad-name", "Cannot move a folder below itself");
  const pairs = moved.map((name) => [name, folderName(to + name.slice(from.length))] as const);
  const taken = pairs.find(([, after]) => names.includes(after));
  if (taken !== undefined) throw folderExists(taken[1]);
  return pairs;
}

function folderExists(name: string): MailStoreError {
  return new MailStoreError("folder-exists", `Cannot call the folder ${quote(name)}: there is one`);
}

/** Names that somebody has subscribed to, and nothing has. */
export function missingFolders(subscribed: ReadonlySet<string>, there: ReadonlySet<string>): readonly MailFolderInfo[] {
  const missing = [...subscribed].filter((name) => !there.has(name));
  return missing.map((name) => ({ name, selectable: false, subscribed: true, isMissing: true }));
}
