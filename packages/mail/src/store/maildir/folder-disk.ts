import { FileError, type FileStat, type FileTree, type Reactor } from "@hawser/core";
import { MailStoreError } from "../errors.ts";
import type { FolderIndex } from "../folder-index.ts";
import type { MailMemoRoom } from "../memo.ts";
import {
  formatIntent,
  formatJournal,
  formatJournalHeader,
  type IntendedMoves,
  type JournalEntry,
  type JournaledFolder,
  type JournalHeader,
  journalDone,
  type MailFile,
  parseEntries,
  readJournal,
} from "./journal.ts";
import { formatKeywords, parseKeywords } from "./keywords-file.ts";
import { maildirListOctetsMax } from "./limits.ts";
import { formatUidList, formatUidRecords, parseUidList, type UidList, type UidRecord } from "./uid-list.ts";

/** What everything in one mailbox has in common. */
export interface MaildirPlace {
  readonly reactor: Pick<Reactor, "clock" | "random">;
  /** The whole mailbox: `INBOX` with the directories of the other folders in it. */
  readonly tree: FileTree;
  /** What the store remembers of messages. */
  readonly memo: MailMemoRoom;
}

/** The files about the files of a folder: the list of UIDs, our journal, the keywords. All is done under the folder's lock. */
export class FolderDisk {
  readonly #place: MaildirPlace;
  readonly #pathOf: (name: string) => string;
  #uidListMark = "";
  #uidList: UidListHeader | undefined;
  /** How often the list of UIDs was read whole: whoever knows its lines asks whether they are the last ones. */
  uidListReadings = 0;
  #keywordsMark = "";
  #keywords: readonly (string | undefined)[] = [];
  #journal: { readonly head: string; readonly identity: string; octets: number; lines: number } | undefined;

  constructor(place: MaildirPlace, pathOf: (name: string) => string) {
    this.#place = place;
    this.#pathOf = pathOf;
  }

  /** Whether others have written something down since we looked. */
  async isNew(): Promise<boolean> {
    const [list, journal] = [await this.#stat("dovecot-uidlist"), await this.#stat("hawser-journal")];
    return markOf(list) !== this.#uidListMark || !this.#isJournal(journal) || journal?.octets !== this.#journal?.octets;
  }

  /** What the list of UIDs says as it is now, without its lines. `undefined`: there is none that can be read. */
  async uidList(): Promise<UidListHeader | undefined> {
    const mark = markOf(await this.#stat("dovecot-uidlist"));
    if (mark !== this.#uidListMark) await this.wholeUidList();
    return this.#uidList;
  }

  /** The list with its lines. */
  async wholeUidList(): Promise<UidList | undefined> {
    const mark = markOf(await this.#stat("dovecot-uidlist"));
    const octets = await this.#read("dovecot-uidlist");
    const list = octets === undefined ? undefined : parseUidList(octets.toString());
    this.#uidListMark = mark;
    this.#uidList = list === undefined ? undefined : headerOf(list);
    this.uidListReadings++;
    return list;
  }

  async writeUidList(list: Omit<UidList, "isWhole">): Promise<void> {
    await this.#place.tree.writeFile(this.#pathOf("dovecot-uidlist"), formatUidList(list));
    this.#uidListMark = markOf(await this.#stat("dovecot-uidlist"));
    this.#uidList = headerOf({ ...list, isWhole: true });
  }

  /** Adds lines, which are on the medium then. Who reads the file meanwhile sees whole lines only, or none. */
  async addUids(records: readonly UidRecord[]): Promise<void> {
    const list = await this.uidList();
    if (list === undefined) throw new MailStoreError("unavailable", "Cannot give UIDs: their list is gone");
    const uidNext = Math.max(list.uidNext, records.at(-1)!.uid + 1);
    if (!list.isWhole) {
      const all = [...((await this.wholeUidList())?.records ?? []), ...records];
      return this.writeUidList({ ...list, uidNext, records: all });
    }
    const path = this.#pathOf("dovecot-uidlist");
    const { octets } = await this.#place.tree.stat(path);
    await this.#append(path, octets, Buffer.from(formatUidRecords(records)), true);
    this.#uidListMark = markOf(await this.#stat("dovecot-uidlist"));
    this.#uidList = { ...list, uidNext };
  }

  /** What letters mean in the names of files. */
  async keywords(): Promise<readonly (string | undefined)[]> {
    const mark = markOf(await this.#stat("dovecot-keywords"));
    if (mark === this.#keywordsMark) return this.#keywords;
    this.#keywords = parseKeywords(String((await this.#read("dovecot-keywords")) ?? ""));
    this.#keywordsMark = mark;
    return this.#keywords;
  }

  async writeKeywords(keywords: readonly (string | undefined)[]): Promise<void> {
    await this.#place.tree.writeFile(this.#pathOf("dovecot-keywords"), formatKeywords(keywords));
    this.#keywordsMark = markOf(await this.#stat("dovecot-keywords"));
    this.#keywords = keywords;
  }

  /** The journal whole. `undefined`: there is none that can be read. */
  async readJournal(): Promise<(JournaledFolder & { readonly header: JournalHeader }) | undefined> {
    this.#journal = undefined;
    const stat = await this.#stat("hawser-journal");
    const all = stat === undefined ? undefined : await this.#read("hawser-journal");
    const octets = all?.subarray(0, all.lastIndexOf(lineFeed) + 1);
    const journaled = octets === undefined ? undefined : readJournal(octets.toString());
    if (stat === undefined || octets === undefined || journaled === undefined) return undefined;
    const head = octets.subarray(0, octets.indexOf(lineFeed) + 1).toString();
    this.#journal = { head, identity: stat.identity, octets: octets.length, lines: linesIn(octets) };
    await this.#cutTorn(stat.octets);
    return journaled;
  }

  /** What was written into the journal since we looked. `undefined`: it was written anew, and must be read whole. */
  async news(): Promise<readonly JournalEntry[] | undefined> {
    const stat = await this.#stat("hawser-journal");
    const journal = this.#journal;
    if (journal === undefined || stat === undefined || !this.#isJournal(stat) || stat.octets < journal.octets)
      return undefined;
    if (stat.octets === journal.octets) return [];
    const file = await this.#place.tree.open(this.#pathOf("hawser-journal"));
    try {
      const head = Buffer.from(await file.read(0, Buffer.byteLength(journal.head))).toString();
      if (head !== journal.head) return undefined;
      const tail = Buffer.from(await file.read(journal.octets, stat.octets - journal.octets));
      const whole = tail.subarray(0, tail.lastIndexOf(lineFeed) + 1);
      const entries = parseEntries(whole.toString());
      journal.octets += whole.length;
      journal.lines += linesIn(whole);
      await this.#cutTorn(stat.octets);
      return entries;
    } finally {
      await file.close();
    }
  }

  /** Writes a journal of what is; nothing before it can be told any more but what the index remembers. */
  async writeJournal(index: FolderIndex, fileOf: (uid: number) => MailFile): Promise<void> {
    const { uidValidity, uidNext, highestModSeq, recentFrom, messages, expunged } = index;
    const nonce = Buffer.from(this.#place.reactor.random.bytes(9)).toString("base64url");
    const header = { nonce, uidValidity, uidNext, highestModSeq, expungedSince: expunged.since };
    const text = formatJournal(header, { messages, recentFrom, expunged: expunged.mails, fileOf });
    await this.#place.tree.writeFile(this.#pathOf("hawser-journal"), text);
    const stat = await this.#place.tree.stat(this.#pathOf("hawser-journal"));
    const lines = messages.length + expunged.mails.length + 1;
    this.#journal = { head: formatJournalHeader(header), identity: stat.identity, octets: stat.octets, lines };
  }

  /** Writes down what has happened. */
  async addToJournal(lines: string, isSynced: boolean): Promise<void> {
    const journal = this.#journal;
    if (journal === undefined)
      throw new MailStoreError("unavailable", "Cannot write down a change: the journal is gone");
    const octets = Buffer.from(lines);
    await this.#append(this.#pathOf("hawser-journal"), journal.octets, octets, isSynced);
    journal.octets += octets.length;
    journal.lines += linesIn(octets);
  }

  addIntent(moves: IntendedMoves): Promise<void> {
    return this.addToJournal(formatIntent(moves), true);
  }

  endIntent(): Promise<void> {
    return this.addToJournal(journalDone, false);
  }

  /** The journal tells more of the past than of what is. */
  isJournalLong(index: FolderIndex): boolean {
    return (this.#journal?.lines ?? 0) > 3 * index.messages.length + 2 * index.expunged.mails.length + 1_000;
  }

  #isJournal(stat: FileStat | undefined): boolean {
    return stat !== undefined && stat.identity === this.#journal?.identity;
  }

  /** What a process that died has begun to write is cut off, so that nothing is written behind it. */
  async #cutTorn(octets: number): Promise<void> {
    if (this.#journal === undefined || octets <= this.#journal.octets) return;
    const file = await this.#place.tree.open(this.#pathOf("hawser-journal"), { write: true });
    await file.truncate(this.#journal.octets).finally(() => file.close());
  }

  async #append(path: string, offset: number, octets: Uint8Array, isSynced: boolean): Promise<void> {
    const file = await this.#place.tree.open(path, { write: true });
    try {
      await file.write(offset, octets);
      if (isSynced) await file.sync();
    } finally {
      await file.close();
    }
  }

  async #read(name: string): Promise<Buffer | undefined> {
    try {
      const octets = await this.#place.tree.readFile(this.#pathOf(name), { octetsMax: maildirListOctetsMax });
      return Buffer.from(octets.buffer, octets.byteOffset, octets.length);
    } catch (error) {
      if (error instanceof FileError && error.code === "not-found") return undefined;
      throw error;
    }
  }

  async #stat(name: string): Promise<FileStat | undefined> {
    return statOf(this.#place.tree, this.#pathOf(name));
  }
}

/** A list without its lines, which are many and seldom needed. */
type UidListHeader = Omit<UidList, "records">;

function headerOf({ uidValidity, uidNext, guid, isWhole }: UidList): UidListHeader {
  return { uidValidity, uidNext, isWhole, ...(guid !== undefined && { guid }) };
}

/** What is known of a file; `undefined` for one that is not there. */
export async function statOf(tree: FileTree, path: string): Promise<FileStat | undefined> {
  try {
    return await tree.stat(path);
  } catch (error) {
    if (error instanceof FileError && error.code === "not-found") return undefined;
    throw error;
  }
}

/** Looks different whenever a file or a directory may have changed, as far as its time tells. */
export function markOf(stat: FileStat | undefined): string {
  return stat === undefined ? "none" : `${stat.identity} ${stat.octets} ${stat.modified}`;
}

const lineFeed = 10;

function linesIn(octets: Uint8Array): number {
  let count = 0;
  for (let at = octets.indexOf(lineFeed); at !== -1; at = octets.indexOf(lineFeed, at + 1)) count++;
  return count;
}
