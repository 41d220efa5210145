import { FileError, quote } from "@hawser/core";
import type { MimePart } from "@hawser/mime";
import { MailStoreError } from "../errors.ts";
import { FolderIndex } from "../folder-index.ts";
import type { MailFolderChange } from "../store.ts";
import { lettersOfFlags, secondsInName } from "./file-name.ts";
import { FolderDisk, statOf } from "./folder-disk.ts";
import { FolderFiles } from "./folder-files.ts";
import type { MaildirFolderParts } from "./folder-parts.ts";
import { formatChange, formatRecent, type JournalEntry } from "./journal.ts";
import { withKeywords } from "./keywords-file.ts";
import { draftAgeMaxMs, unclaimedMax } from "./limits.ts";
import type { UidRecord } from "./uid-list.ts";

/** What a book is told of its folder, and whom it tells of changes. */
export interface FolderBookParts extends MaildirFolderParts {
  readonly pathOf: (name: string) => string;
  readonly nameOf: () => string;
  readonly tell: (change: MailFolderChange) => void;
  /** All that is known is of another folder. */
  readonly goAway: () => void;
}

/** What is known of a folder and written down: the index, the files of its messages, the lists on the disk. */
export class FolderBook {
  readonly disk: FolderDisk;
  readonly structures: Map<number, MimePart> = new Map();
  files: FolderFiles = new FolderFiles();
  /** Something failed: what is in memory may not be what is on the disk. */
  isDoubtful = false;
  readonly #parts: FolderBookParts;
  #index: FolderIndex | undefined;
  #recentWritten = 1;
  /** Lines of the list of UIDs that are of no message here, as far as they are few, and which state of the list that was. */
  #unclaimed: { readonly reading: number; readonly records: Map<string, UidRecord> } | undefined;

  constructor(parts: FolderBookParts) {
    this.#parts = parts;
    this.disk = new FolderDisk(parts, parts.pathOf);
  }

  /** Whether what is here may be looked at without reading all of it first. */
  get isKnown(): boolean {
    return this.#index !== undefined && !this.isDoubtful;
  }

  get index(): FolderIndex {
    if (this.#index === undefined) throw new MailStoreError("unavailable", "Cannot tell what is in the folder");
    return this.#index;
  }

  /** Takes over what others wrote down, or reads everything. True: the directories must be looked at. */
  async catchUp(): Promise<boolean> {
    return this.isKnown ? this.#readNews() : this.#load();
  }

  /** What the list of UIDs says of files that belong to no message known, and which UIDs are given. */
  async unclaimed(): Promise<{ readonly records: ReadonlyMap<string, UidRecord>; readonly uidNext: number }> {
    const { uidNext } = (await this.disk.uidList())!;
    const known = this.#unclaimed;
    if (known?.reading === this.disk.uidListReadings) return { records: known.records, uidNext };
    const list = (await this.disk.wholeUidList())!;
    const others = list.records.filter(({ base }) => !this.files.hasBase(base));
    const records = new Map(others.map((record) => [record.base, record]));
    this.#unclaimed = others.length > unclaimedMax ? undefined : { reading: this.disk.uidListReadings, records };
    return { records, uidNext: list.uidNext };
  }

  /** Writes down what could wait until now, and lists anew that have become long. */
  async tidy(): Promise<void> {
    const { recentFrom } = this.index;
    if (recentFrom !== this.#recentWritten) await this.disk.addToJournal(formatRecent(recentFrom), false);
    this.#recentWritten = recentFrom;
    if (!this.disk.isJournalLong(this.index)) return;
    await this.disk.writeJournal(this.index, (uid) => this.files.get(uid)!);
    await this.#shortenUidList();
  }

  /** Writes down what has happened, and then it is so. */
  async commit(change: MailFolderChange, isSynced: boolean): Promise<void> {
    await this.disk.addToJournal(
      formatChange(change, (uid) => this.files.get(uid)!),
      isSynced,
    );
    this.#apply(change);
  }

  #apply(change: MailFolderChange): void {
    this.index.apply(change);
    if (change.type === "expunged")
      for (const uid of change.uids) {
        this.#disclaim(uid);
        this.files.delete(uid);
        this.structures.delete(uid);
      }
    this.#parts.tell(change);
  }

  /** Its line in the list is of no message any more. */
  #disclaim(uid: number): void {
    const file = this.files.get(uid);
    if (file === undefined || this.#unclaimed === undefined) return;
    this.#unclaimed.records.set(file.base, { uid, base: file.base, extensions: [] });
    if (this.#unclaimed.records.size > unclaimedMax) this.#unclaimed = undefined;
  }

  /** Letters for flags; keywords get letters while there are some left. Those without stand in the journal alone. */
  async lettered(all: readonly Iterable<string>[]): Promise<readonly string[]> {
    const sets = all.map((flags) => new Set(this.index.spelled(flags)));
    const keywords = await this.disk.keywords();
    const wanted = withKeywords(keywords, new Set(sets.flatMap((flags) => [...flags])));
    if (wanted !== keywords) await this.disk.writeKeywords(wanted);
    const spelled = await this.spelledKeywords();
    return sets.map((flags) => lettersOfFlags(flags, spelled));
  }

  /** The keywords that letters mean, as they are spelled here. */
  async spelledKeywords(): Promise<readonly (string | undefined)[]> {
    const keywords = await this.disk.keywords();
    return keywords.map((keyword) => (keyword === undefined ? undefined : this.index.spelledKeyword(keyword)));
  }

  /** What other processes of ours did, and whether somebody has begun to count UIDs anew. */
  async #readNews(): Promise<boolean> {
    if (!(await this.disk.isNew())) return false;
    this.#refuseOtherUids((await this.disk.uidList())?.uidValidity);
    const news = await this.disk.news();
    if (news === undefined || news.at(-1)?.type === "intent") return this.#load();
    for (const entry of news) this.#hear(entry);
    return news.length > 0;
  }

  /** Another program counts UIDs anew: whoever has the folder open knows nothing any more. */
  #refuseOtherUids(uidValidity: number | undefined): void {
    if (this.#index === undefined || this.#index.uidValidity === uidValidity) return;
    this.#parts.goAway();
    throw new MailStoreError(
      "no-folder",
      `Cannot go on with ${quote(this.#parts.nameOf())}: its UIDs are not what they were`,
    );
  }

  #hear(entry: JournalEntry): void {
    if (entry.type === "recent") {
      this.index.tellRecent(entry.from);
      this.#recentWritten = Math.max(this.#recentWritten, entry.from);
    }
    if (entry.type !== "change") return;
    const { change } = entry;
    if (change.type === "added") {
      for (const { uid } of change.messages) this.files.add(uid, entry.files.get(uid)!);
      this.#apply(change);
    } else if (change.type === "flags") {
      const messages = change.messages.flatMap(({ uid, flags, modSeq }) => {
        const before = this.index.find(uid);
        return before === undefined ? [] : { ...before, flags, modSeq };
      });
      this.#apply({ type: "flags", messages });
    } else this.#apply(change);
  }

  /** Reads everything from the beginning. What is different from what was known is told. */
  async #load(): Promise<boolean> {
    const known = this.#index;
    await this.#makeDirectories();
    const list = await this.#uidListOrNew();
    const journaled = await this.disk.readJournal();
    const isOurs = journaled !== undefined && journaled.state.uidValidity === list.uidValidity;
    if (isOurs && journaled.intent !== undefined) await this.#finish(journaled.intent);
    this.#refuseOtherUids(list.uidValidity);
    const state = isOurs ? journaled.state : this.#stateWithoutJournal(list.records.length > 0, list.uidValidity);
    this.#unclaimed = undefined;
    this.#index = new FolderIndex({ ...state, id: list.guid! });
    this.#recentWritten = this.#index.recentFrom;
    if (known !== undefined) this.#index.tellRecent(known.recentFrom);
    this.files = new FolderFiles();
    if (isOurs) for (const [uid, file] of journaled.files) this.files.add(uid, file);
    if (!isOurs) await this.disk.writeJournal(this.#index, (uid) => this.files.get(uid)!);
    if (known !== undefined) for (const change of differences(known, this.#index)) this.#parts.tell(change);
    this.isDoubtful = false;
    return true;
  }

  /** Most lines tell of messages that are gone. */
  async #shortenUidList(): Promise<void> {
    const list = await this.disk.wholeUidList();
    const records = list?.records.filter(({ uid }) => this.index.find(uid) !== undefined);
    if (list !== undefined) await this.disk.writeUidList({ ...list, records: records! });
  }

  /** Mod-sequences begin above all that may have been told before: nobody counts a change for every millisecond since 1970. */
  #stateWithoutJournal(hasHistory: boolean, uidValidity: number): ConstructorParameters<typeof FolderIndex>[0] {
    const highestModSeq = hasHistory ? Math.floor(this.#parts.reactor.clock.wall()) : 1;
    return { id: "", uidValidity, uidNext: 1, highestModSeq, messages: [] };
  }

  async #uidListOrNew(): Promise<{ uidValidity: number; guid?: string | undefined; records: readonly UidRecord[] }> {
    const list = await this.disk.wholeUidList();
    if (list?.guid !== undefined && list.isWhole) return list;
    const guid = list?.guid ?? Buffer.from(this.#parts.reactor.random.bytes(16)).toString("hex");
    const whole =
      list === undefined
        ? { uidValidity: await this.#parts.nextUidValidity(), uidNext: 1, guid, records: [] }
        : { ...list, guid };
    await this.disk.writeUidList(whole);
    return whole;
  }

  async #makeDirectories(): Promise<void> {
    const { tree, reactor } = this.#parts;
    for (const name of ["tmp", "new", "cur"])
      await tree.makeDirectory(this.#parts.pathOf(name)).catch((error: unknown) => {
        if (!(error instanceof FileError && error.code === "exists")) throw error;
      });
    for (const { name, kind, modified } of await tree.list(this.#parts.pathOf("tmp")))
      if (kind === "file" && Math.max(modified, 1_000 * secondsInName(name)) < reactor.clock.wall() - draftAgeMaxMs)
        await tree.remove(this.#parts.pathOf(`tmp/${name}`)).catch(() => {}); // another process clears up too
  }

  /** A process died between beginning to take several messages in and having done it. All of them were whole. */
  async #finish(moves: readonly (readonly [from: string, to: string])[]): Promise<void> {
    for (const [from, to] of moves)
      if ((await statOf(this.#parts.tree, from)) !== undefined)
        await this.#parts.tree.rename(from, this.#parts.pathOf(to), { takePlace: true });
    await this.disk.endIntent();
  }
}

/** What makes one index of another. */
function differences(before: FolderIndex, after: FolderIndex): readonly MailFolderChange[] {
  const gone = before.messages.filter(({ uid }) => after.find(uid) === undefined).map(({ uid }) => uid);
  const changed = after.messages.filter(({ uid, modSeq }) => (before.find(uid)?.modSeq ?? modSeq) !== modSeq);
  const added = after.messages.filter(({ uid }) => before.find(uid) === undefined);
  return [
    ...(gone.length > 0 ? [{ type: "expunged", uids: gone, modSeq: after.highestModSeq } as const] : []),
    ...(changed.length > 0 ? [{ type: "flags", messages: changed } as const] : []),
    ...(added.length > 0 ? [{ type: "added", messages: added } as const] : []),
  ];
}
