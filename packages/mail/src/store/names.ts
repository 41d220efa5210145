import { quote } from "@hawser/core";
import { MailStoreError } from "./errors.ts";
import { folderDepthMax, folderNameOctetsMax } from "./limits.ts";

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
