import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { FileError, type FileTree, type OpenFile, quote, StateError } from "@hawser/core";
import type { DnsEncodedSet } from "../../message/answer.ts";
import { ZoneError } from "../errors.ts";
import { zoneJournalEntryOctetsMax } from "../limits.ts";
import type { ZoneChange } from "../zone-change.ts";
import { decodeEntry, encodeEntry, entryHeadOctets, journalHead, type ZoneJournalEntry } from "./entry.ts";

/** What was in a journal when it was opened. */
export interface ZoneJournalStart {
  readonly journal: ZoneJournal;
  /** Its changes, oldest first. */
  readonly changes: readonly ZoneChange[];
  /** The SOA of what the zone was about to be replaced by, if nothing came after that: its file tells whether it was. */
  readonly replacedBy: DnsEncodedSet | undefined;
  /** Octets that were cut off behind the last whole entry: a write that a crash interrupted, and which nobody was told of. */
  readonly cutOctets: number;
}

/** How far a journal reaches. */
interface JournalEnd {
  readonly octets: number;
  readonly checksum: number;
}

/**
 * The changes of a zone in a file that only grows, each on the medium before {@link ZoneJournal.append} resolves. Whatever
 * happens to the process or the machine meanwhile, the file holds all changes that were told to be there, and perhaps one more.
 */
export class ZoneJournal {
  readonly #files: FileTree;
  readonly #path: string;
  #file: OpenFile;
  #end: JournalEnd;
  /** Why nothing can be added any more. */
  #broken: unknown;

  private constructor(files: FileTree, path: string, file: OpenFile, end: JournalEnd) {
    this.#files = files;
    this.#path = path;
    this.#file = file;
    this.#end = end;
  }

  /**
   * Opens a journal, or makes an empty one, and cuts off what a crash left at its end.
   * @throws {ZoneError} `bad-journal` when it is none, or is damaged before its end
   */
  static async open(files: FileTree, path: string): Promise<ZoneJournalStart> {
    const file = (await openThere(files, path)) ?? (await make(files, path, [])).file;
    try {
      const { entries, end } = await readAll(file, path);
      const changes = entries.filter((entry): entry is ZoneChange => !("replacedBy" in entry));
      const last = entries.at(-1);
      const replacedBy = last !== undefined && "replacedBy" in last ? last.replacedBy : undefined;
      const cutOctets = (await file.stat()).octets - end.octets;
      if (cutOctets > 0) await file.truncate(end.octets);
      await file.sync(); // what a process left behind that ended before it could; the world is about to see it
      return { journal: new ZoneJournal(files, path, file, end), changes, replacedBy, cutOctets };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** How long the file is. */
  get octets(): number {
    return this.#end.octets;
  }

  /**
   * Adds changes, and resolves when they are on the medium. When that fails the file is what it was; when not even that can be
   * had, nothing is added any more.
   */
  append(...changes: readonly ZoneChange[]): Promise<void> {
    return this.#append(changes);
  }

  /** Says that the zone is about to be replaced: if its file has this version when it is next read, the changes before count no more. */
  announce(replacedBy: DnsEncodedSet): Promise<void> {
    return this.#append([{ replacedBy }]);
  }

  async #append(entries: readonly ZoneJournalEntry[]): Promise<void> {
    if (this.#broken !== undefined)
      throw new StateError(`Cannot add to the journal ${quote(this.#path)}: it failed before`, { cause: this.#broken });
    const { octets, checksum } = encodeAll(entries, this.#end.checksum);
    const { octets: at } = this.#end;
    try {
      await this.#file.write(at, octets);
      await this.#file.sync();
    } catch (error) {
      await cut(this.#file, at).catch((cause: unknown) => {
        this.#broken = cause;
      });
      throw error;
    }
    this.#end = { octets: at + octets.length, checksum };
  }

  /** Puts other changes in place of all: a new file takes the place of the old one at once. */
  async rewrite(changes: readonly ZoneChange[]): Promise<void> {
    const { file, end } = await make(this.#files, this.#path, changes);
    await this.#file.close();
    this.#file = file;
    this.#end = end;
    this.#broken = undefined;
  }

  async close(): Promise<void> {
    this.#broken ??= new StateError("Cannot use the journal: it is closed");
    await this.#file.close();
  }
}

/** The file, if there is one that can hold a change: a shorter one is none. */
async function openThere(files: FileTree, path: string): Promise<OpenFile | undefined> {
  try {
    const file = await files.open(path, { write: true });
    if ((await file.stat()).octets >= journalHead.length) return file;
    await file.close();
    return undefined;
  } catch (error) {
    if (error instanceof FileError && error.code === "not-found") return undefined;
    throw error;
  }
}

/** Writes a whole journal beside the place where it will be, and moves it there when it is on the medium. */
async function make(
  files: FileTree,
  path: string,
  changes: readonly ZoneChange[],
): Promise<{ file: OpenFile; end: JournalEnd }> {
  const draft = `${path}.new`;
  const file = await files.open(draft, { write: true, create: true, truncate: true, mode: 0o600 });
  try {
    const { octets, checksum } = encodeAll(changes, 0);
    await file.write(0, journalHead);
    await file.write(journalHead.length, octets);
    await file.sync();
    await files.rename(draft, path, { takePlace: true });
    return { file, end: { octets: journalHead.length + octets.length, checksum } };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function cut(file: OpenFile, octets: number): Promise<void> {
  await file.truncate(octets);
  await file.sync();
}

function encodeAll(entries: readonly ZoneJournalEntry[], start: number): { octets: Uint8Array; checksum: number } {
  let checksum = start;
  const encoded = entries.map((entry) => {
    const one = encodeEntry(entry, checksum);
    ({ checksum } = one);
    return one.octets;
  });
  return { octets: Buffer.concat(encoded), checksum };
}

async function readAll(
  file: OpenFile,
  path: string,
): Promise<{ entries: readonly ZoneJournalEntry[]; end: JournalEnd }> {
  const { octets: length } = await file.stat();
  const head = await file.read(0, journalHead.length);
  if (Buffer.compare(head, journalHead) !== 0) throw damaged(path, "it does not begin like one");
  const entries: ZoneJournalEntry[] = [];
  let end: JournalEnd = { octets: journalHead.length, checksum: 0 };
  while (end.octets < length) {
    const entry = await readEntry(file, end, length);
    if (entry === undefined) break;
    if (entry === "damaged") throw damaged(path, `the entry at octet ${end.octets} is damaged, and others follow it`);
    entries.push(entry.entry);
    ({ end } = entry);
  }
  return { entries, end };
}

/**
 * The next entry; `undefined` when it is the last one and not whole. An entry that is wrong and has others behind it was whole
 * once: what follows was acknowledged, so somebody must look at it.
 */
async function readEntry(
  file: OpenFile,
  { octets: at, checksum }: JournalEnd,
  length: number,
): Promise<{ readonly entry: ZoneJournalEntry; readonly end: JournalEnd } | "damaged" | undefined> {
  const head = Buffer.from(await file.read(at, entryHeadOctets));
  if (head.length < entryHeadOctets) return undefined;
  const octets = head.readUInt32BE(0);
  const end = at + entryHeadOctets + octets;
  if (end > length) return undefined;
  const isPossible = octets > 0 && octets <= zoneJournalEntryOctetsMax;
  const body = isPossible ? await file.read(at + entryHeadOctets, octets) : new Uint8Array(0);
  const own = crc32(body, checksum);
  if (isPossible && own === head.readUInt32BE(4))
    return { entry: decodeEntry(body), end: { octets: end, checksum: own } };
  return end === length || (await isZeros(file, at, length)) ? undefined : "damaged";
}

/** A file that was made longer before its data were written ends in zeros. */
async function isZeros(file: OpenFile, start: number, length: number): Promise<boolean> {
  for (let at = start; at < length; ) {
    const octets = await file.read(at, Math.min(65_536, length - at));
    if (octets.length === 0) return true;
    if (octets.some((octet) => octet !== 0)) return false;
    at += octets.length;
  }
  return true;
}

function damaged(path: string, state: string): ZoneError {
  return new ZoneError("bad-journal", `Cannot read the journal ${quote(path)}: ${state}`);
}
