import { FileError } from "@hawser/core";
import { MailStoreError } from "../errors.ts";
import type { IndexedMail } from "../folder-index.ts";
import { mailIdOf, parseFileName, sizesInName, type UniqueNames } from "./file-name.ts";
import type { MaildirPlace } from "./folder-disk.ts";
import { filesAtOnce } from "./limits.ts";
import type { UidRecord } from "./uid-list.ts";

/** What a folder is made of. */
export interface MaildirFolderParts extends MaildirPlace {
  readonly names: UniqueNames;
  readonly nextUidValidity: () => Promise<number>;
}

/** A message on its way into a folder: its file lies somewhere in the mailbox, whole. */
export interface ArrivingMail {
  readonly path: string;
  /** Its name in the folder: unknown to everybody, with its sizes. */
  readonly base: string;
  readonly guid: string;
  readonly flags: Iterable<string>;
  readonly receivedAt: number;
  readonly octets: number;
}

/** What a failure of the disk is told as to those who know nothing of disks. */
export function toldAsUnavailable(error: unknown): unknown {
  if (!(error instanceof FileError)) return error;
  return new MailStoreError("unavailable", `Cannot use the mailbox: ${error.message}`, { cause: error });
}

/** What stays of a file's name in `new/` or `cur/` while flags change. */
export function baseOf(path: string): string {
  return parseFileName(path.slice(4)).base;
}

/** What the index is told of it. */
export function indexed({ flags, receivedAt, octets, guid }: ArrivingMail): IndexedMail {
  return { flags, receivedAt, octets, id: mailIdOf(guid) };
}

/** `new` for what has no flags: so other programs know that nobody has seen it. */
export function placeFor(base: string, letters: string): string {
  return letters === "" ? `new/${base}` : `cur/${base}:2,${letters}`;
}

/** What the list of UIDs says of it. */
export function recordOf(uid: number, { base, guid, octets }: ArrivingMail): UidRecord {
  const size = sizesInName(base).mail === undefined ? [`W${octets}`] : [];
  return { uid, base, extensions: guid === base ? size : [...size, `G${guid}`] };
}

/** What others have removed or renamed meanwhile is found by the next look. */
export function unlessNotFound(error: unknown): undefined {
  if (!(error instanceof FileError && error.code === "not-found")) throw error;
}

/** The same, where it matters whether it was there: false. */
export function wasNotFound(error: unknown): false {
  unlessNotFound(error);
  return false;
}

/** Does something with each, a few at a time. */
export async function inParallel<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) await act(items[next++]!);
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(filesAtOnce, items.length) }, work));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
