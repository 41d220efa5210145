import { FileError, quote } from "@hawser/core";
import type { MimePart } from "@hawser/mime";
import { MailStoreError } from "../errors.ts";
import { FolderIndex, type IndexedMail } from "../folder-index.ts";
import { Listeners } from "../listeners.ts";
import type { FlagChange, FlagChangeResult, MailFolderChange, StoredMail } from "../store.ts";
import { measureContent } from "./content.ts";
import { DotLock } from "./dot-lock.ts";
import {
  compareBases,
  flagsOfLetters,
  isMessageName,
  lettersOfFlags,
  mailIdOf,
  parseFileName,
  secondsInName,
  sizesInName,
  type UniqueNames,
} from "./file-name.ts";
import { FolderDisk, type MaildirPlace, markOf, statOf } from "./folder-disk.ts";
import { type FilesSeen, FolderFiles } from "./folder-files.ts";
import { formatChange, type JournalEntry, type MailFile } from "./journal.ts";
import { withKeywords } from "./keywords-file.ts";
import { draftAgeMaxMs, filesAtOnce } from "./limits.ts";
import { type UidRecord, uidExtension } from "./uid-list.ts";

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

/**
 * A folder of a Maildir, which all in this program share who have it open. Under its lock (`dovecot-uidlist.lock`, which
 * Dovecot takes too) three things are brought together: what the directories hold, which UIDs the list gives, and what our
 * journal says. Whatever a process that died has left half done, the next one under the lock finishes by that.
 */
export class MaildirFolderState {
  name: string;
  /** Below the mailbox: `""` for `INBOX`, else `.a.b`. */
  directory: string;
  isGone = false;
  /** How many have it open. */
  openCount = 0;
  readonly listeners: Listeners<MailFolderChange> = new Listeners("MailFolder.onChange");
  readonly structures: Map<number, MimePart> = new Map();
  readonly #parts: MaildirFolderParts;
  readonly #disk: FolderDisk;
  readonly #lock: DotLock;
  #files = new FolderFiles();
  #index: FolderIndex | undefined;
  /** Something failed: what is in memory may not be what is on the disk. */
  #isDoubtful = false;
  /** How `new` and `cur` looked when they were listed last, or after we changed them. */
  #marks = "";
  /** Others may have changed something so soon after us that the time of the directory does not tell. */
  #mayHaveMissed = false;
  #lookAgainAt = 0;

  constructor(name: string, directory: string, parts: MaildirFolderParts) {
    this.name = name;
    this.directory = directory;
    this.#parts = parts;
    this.#disk = new FolderDisk(parts, (file) => this.pathOf(file));
    this.#lock = new DotLock(parts.reactor, parts.tree, () => this.pathOf("dovecot-uidlist.lock"));
  }

  /** What is in the folder, as it was found last. */
  get index(): FolderIndex {
    if (this.#index === undefined) throw new MailStoreError("unavailable", "Cannot tell what is in the folder");
    return this.#index;
  }

  /** Where something of the folder is in the mailbox. */
  pathOf(name: string): string {
    return this.directory === "" ? name : `${this.directory}/${name}`;
  }

  /** Where a message's file was seen last. `undefined`: there is no such message. */
  fileOf(uid: number): (MailFile & { readonly path: string }) | undefined {
    const file = this.#files.get(uid);
    return file?.path === undefined ? undefined : { ...file, path: this.pathOf(file.path) };
  }

  /**
   * Calls `task` when what is known is what is, and nobody else changes anything.
   * @throws {MailStoreError} `no-folder` when it is gone, `unavailable` when the disk fails
   */
  async locked<Result>(task: () => Promise<Result>): Promise<Result> {
    try {
      this.#refuseIfGone();
      return await this.#lock.run(async () => {
        this.#refuseIfGone();
        await this.#catchUp();
        return await task();
      });
    } catch (error) {
      this.#isDoubtful ||= !(error instanceof MailStoreError) || error.code === "unavailable";
      if (!(error instanceof FileError)) throw error;
      throw await this.#failure(error);
    }
  }

  /** Looks whether others did something. Four looks at the times of files, when they did not. */
  async poll(): Promise<void> {
    if (this.isGone) return;
    try {
      const isDue = this.#mayHaveMissed && this.#parts.reactor.clock.now() >= this.#lookAgainAt;
      if (this.#index !== undefined && !this.#isDoubtful && !isDue)
        if ((await this.#readMarks()) === this.#marks && !(await this.#disk.isNew())) return;
      await this.locked(async () => {
        if (isDue) await this.#scan();
      });
    } catch (error) {
      if (error instanceof FileError && error.code === "not-found") await this.#failure(error);
      else if (!(error instanceof MailStoreError && error.code === "no-folder")) throw error;
    }
  }

  /** Nothing here can be relied upon any more. */
  goAway(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.listeners.tell({ type: "gone" });
  }

  /**
   * Takes messages in from `tmp`, all or none; under the lock. What has an odd flag is refused before anything happens.
   * @throws {MailStoreError}
   */
  async add(mails: readonly ArrivingMail[]): Promise<readonly StoredMail[]> {
    const places = await this.#places(mails);
    const moves = mails.map(({ path }, i) => [path, places[i]!] as const);
    if (moves.length > 1) await this.#disk.addIntent(moves);
    await this.#carryIn(moves);
    return this.#welcome(mails, places);
  }

  /** Takes messages in from another folder, each for itself; under both locks. Those that are not where they were are left out. */
  async addMoved<Mail extends ArrivingMail>(
    mails: readonly Mail[],
  ): Promise<readonly { readonly mail: Mail; readonly uid: number }[]> {
    const places = await this.#places(mails);
    const [carried, placed]: [Mail[], string[]] = [[], []];
    for (const [i, mail] of mails.entries()) {
      const to = places[i]!;
      const done = await this.#parts.tree
        .rename(mail.path, this.pathOf(to), { takePlace: true })
        .then(() => true, unlessNotFound);
      if (done) carried.push(mail);
      if (done) placed.push(to);
    }
    const added = await this.#welcome(carried, placed);
    return carried.map((mail, i) => ({ mail, uid: added[i]!.uid }));
  }

  /** Where messages will be, if they may. */
  async #places(mails: readonly ArrivingMail[]): Promise<readonly string[]> {
    this.index.decideAdd(mails.map(indexed));
    const letters = await this.#lettered(mails.map(({ flags }) => flags));
    return mails.map(({ base }, i) => placeFor(base, letters[i]!));
  }

  /** Gives UIDs to messages whose files have come. */
  async #welcome(mails: readonly ArrivingMail[], places: readonly string[]): Promise<readonly StoredMail[]> {
    if (mails.length === 0) return [];
    this.index.reserve((await this.#disk.uidList())?.uidNext ?? 0);
    const change = this.index.decideAdd(mails.map(indexed));
    await this.#disk.addUids(change.messages.map(({ uid }, i) => recordOf(uid, mails[i]!)));
    for (const [i, { uid }] of change.messages.entries()) this.#files.add(uid, mails[i]!, places[i]);
    await this.#commit(change, true);
    await this.#changedHere();
    return change.messages;
  }

  /** Changes flags; under the lock. */
  async changeFlags(uids: readonly number[], change: FlagChange): Promise<FlagChangeResult> {
    const first = await this.#changeFlags(uids, change);
    if (first.lost.length === 0) return first;
    await this.#scan(); // somebody has renamed or removed their files
    const { unchangedSince: _, ...again } = change;
    const second = await this.#changeFlags(first.lost, again);
    return { messages: [...first.messages, ...second.messages], modified: first.modified };
  }

  /** Removes messages; under the lock. Gives those that were there. */
  async expunge(uids: readonly number[]): Promise<readonly StoredMail[]> {
    const there = uids.map((uid) => this.index.find(uid)).filter((message) => message !== undefined);
    const lost = await this.#remove(there.map(({ uid }) => uid));
    if (lost.length > 0) {
      await this.#scan();
      await this.#remove(lost);
    }
    const change = this.index.decideExpunge(uids);
    if (change !== undefined) await this.#commit(change, false);
    await this.#changedHere();
    return there;
  }

  /** These have gone to another folder; under the lock. */
  async moved(uids: readonly number[]): Promise<void> {
    const change = this.index.decideExpunge(uids);
    if (change !== undefined) await this.#commit(change, false);
    await this.#changedHere();
  }

  /** Looks at the directories, under the lock: some file was not where it was seen last. */
  lookAgain(): Promise<void> {
    return this.#scan();
  }

  #refuseIfGone(): void {
    if (this.isGone) throw new MailStoreError("no-folder", `Cannot find the folder ${quote(this.name)}: it is gone`);
  }

  async #failure(error: FileError): Promise<MailStoreError> {
    const isThere = (await statOf(this.#parts.tree, this.directory).catch(() => true)) !== undefined;
    if (!isThere) this.goAway();
    if (!isThere) return new MailStoreError("no-folder", `Cannot find the folder ${quote(this.name)}: it is gone`);
    return new MailStoreError("unavailable", `Cannot use the folder ${quote(this.name)}: ${error.message}`, {
      cause: error,
    });
  }

  async #catchUp(): Promise<void> {
    if (this.#index === undefined || this.#isDoubtful) await this.#load();
    else await this.#readNews();
    if ((await this.#readMarks()) !== this.#marks) await this.#scan();
    if (this.#disk.isJournalLong(this.index)) await this.#disk.writeJournal(this.index, (uid) => this.#files.get(uid)!);
  }

  /** What other processes of ours did, and whether somebody has begun to count UIDs anew. */
  async #readNews(): Promise<void> {
    if (!(await this.#disk.isNew())) return;
    this.#refuseOtherUids((await this.#disk.uidList())?.uidValidity);
    const news = await this.#disk.news();
    if (news === undefined || news.at(-1)?.type === "intent") return this.#load();
    for (const entry of news) this.#hear(entry);
    if (news.length > 0) this.#marks = "";
  }

  /** Another program counts UIDs anew: whoever has the folder open knows nothing any more. */
  #refuseOtherUids(uidValidity: number | undefined): void {
    if (this.#index === undefined || this.#index.uidValidity === uidValidity) return;
    this.goAway();
    throw new MailStoreError("no-folder", `Cannot go on with ${quote(this.name)}: its UIDs are not what they were`);
  }

  #hear(entry: JournalEntry): void {
    if (entry.type !== "change") return;
    const { change } = entry;
    if (change.type === "added") {
      for (const { uid } of change.messages) this.#files.add(uid, entry.files.get(uid)!);
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
  async #load(): Promise<void> {
    const known = this.#index;
    await this.#makeDirectories();
    const list = await this.#uidListOrNew();
    const journaled = await this.#disk.readJournal();
    const isOurs = journaled !== undefined && journaled.state.uidValidity === list.uidValidity;
    if (isOurs && journaled.intent !== undefined) await this.#finish(journaled.intent);
    this.#refuseOtherUids(list.uidValidity);
    const state = isOurs ? journaled.state : this.#stateWithoutJournal(list.records.length > 0, list.uidValidity);
    this.#index = new FolderIndex({ ...state, id: list.guid! });
    this.#files = new FolderFiles();
    if (isOurs) for (const [uid, file] of journaled.files) this.#files.add(uid, file);
    if (!isOurs) await this.#disk.writeJournal(this.#index, (uid) => this.#files.get(uid)!);
    if (known !== undefined) for (const change of differences(known, this.#index)) this.listeners.tell(change);
    this.#isDoubtful = false;
    await this.#scan();
    if (list.records.length > 2 * this.index.messages.length + 1_000) await this.#shortenUidList();
  }

  /** Most lines tell of messages that are gone. */
  async #shortenUidList(): Promise<void> {
    const list = await this.#disk.wholeUidList();
    const records = list?.records.filter(({ uid }) => this.index.find(uid) !== undefined);
    if (list !== undefined) await this.#disk.writeUidList({ ...list, records: records! });
  }

  /** Mod-sequences begin above all that may have been told before: nobody counts a change for every millisecond since 1970. */
  #stateWithoutJournal(hasHistory: boolean, uidValidity: number): ConstructorParameters<typeof FolderIndex>[0] {
    const highestModSeq = hasHistory ? Math.floor(this.#parts.reactor.clock.wall()) : 1;
    return { id: "", uidValidity, uidNext: 1, highestModSeq, messages: [] };
  }

  async #uidListOrNew(): Promise<{ uidValidity: number; guid?: string | undefined; records: readonly UidRecord[] }> {
    const list = await this.#disk.wholeUidList();
    if (list?.guid !== undefined && list.isWhole) return list;
    const guid = list?.guid ?? Buffer.from(this.#parts.reactor.random.bytes(16)).toString("hex");
    const whole =
      list === undefined
        ? { uidValidity: await this.#parts.nextUidValidity(), uidNext: 1, guid, records: [] }
        : { ...list, guid };
    await this.#disk.writeUidList(whole);
    return whole;
  }

  async #makeDirectories(): Promise<void> {
    const { tree, reactor } = this.#parts;
    for (const name of ["tmp", "new", "cur"])
      await tree.makeDirectory(this.pathOf(name)).catch((error: unknown) => {
        if (!(error instanceof FileError && error.code === "exists")) throw error;
      });
    for (const { name, kind, modified } of await tree.list(this.pathOf("tmp")))
      if (kind === "file" && Math.max(modified, 1_000 * secondsInName(name)) < reactor.clock.wall() - draftAgeMaxMs)
        await tree.remove(this.pathOf(`tmp/${name}`)).catch(() => {}); // another process clears up too
  }

  /** A process died between beginning to take several messages in and having done it. All of them were whole. */
  async #finish(moves: readonly (readonly [from: string, to: string])[]): Promise<void> {
    for (const [from, to] of moves)
      if ((await statOf(this.#parts.tree, from)) !== undefined)
        await this.#parts.tree.rename(from, this.pathOf(to), { takePlace: true });
    await this.#disk.endIntent();
  }

  async #carryIn(moves: readonly (readonly [from: string, to: string])[]): Promise<void> {
    const { tree } = this.#parts;
    const done: (readonly [string, string])[] = [];
    try {
      for (const move of moves) {
        await tree.rename(move[0], this.pathOf(move[1]), { takePlace: true });
        done.push(move);
      }
    } catch (error) {
      for (const [from, to] of done) await tree.rename(this.pathOf(to), from);
      if (moves.length > 1) await this.#disk.endIntent();
      throw error;
    }
  }

  async #changeFlags(
    uids: readonly number[],
    change: FlagChange,
  ): Promise<FlagChangeResult & { readonly lost: readonly number[] }> {
    const decision = this.index.decideFlags(uids, change);
    const letters = await this.#lettered(decision.changed.map(({ flags }) => flags));
    const lost: number[] = [];
    await inParallel([...decision.changed.entries()], async ([i, { uid }]) => {
      if (!(await this.#rename(uid, letters[i]!))) lost.push(uid);
    });
    const isThere = ({ uid }: StoredMail): boolean => !lost.includes(uid);
    const messages = decision.changed.filter(isThere);
    if (messages.length > 0) await this.#commit({ type: "flags", messages }, false);
    if (decision.changed.length > 0) await this.#changedHere();
    return { messages: decision.messages.filter(isThere), modified: decision.modified, lost };
  }

  /** Gives a message's file the letters of its flags. False: it is not where it was seen. */
  async #rename(uid: number, letters: string): Promise<boolean> {
    const file = this.#files.get(uid);
    if (file?.path === undefined) return false;
    const before = parseFileName(file.path.slice(4));
    const foreign = lettersOfFlags(new Set(), [], before.letters);
    const name = `${file.base}:2,${[...new Set(letters + foreign)].sort().join("")}${before.rest}`;
    try {
      if (file.path !== `cur/${name}`)
        await this.#parts.tree.rename(this.pathOf(file.path), this.pathOf(`cur/${name}`));
    } catch (error) {
      if (error instanceof FileError && error.code === "not-found") return false;
      throw error;
    }
    this.#files.move(uid, `cur/${name}`);
    return true;
  }

  async #remove(uids: readonly number[]): Promise<readonly number[]> {
    const lost: number[] = [];
    await inParallel(uids, async (uid) => {
      const path = this.#files.get(uid)?.path;
      try {
        if (path === undefined) lost.push(uid);
        else await this.#parts.tree.remove(this.pathOf(path));
      } catch (error) {
        if (!(error instanceof FileError && error.code === "not-found")) throw error;
        lost.push(uid);
      }
    });
    return lost;
  }

  /** Letters for flags; keywords get letters while there are some left. Those without stand in the journal alone. */
  async #lettered(all: readonly Iterable<string>[]): Promise<readonly string[]> {
    const sets = all.map((flags) => new Set(this.index.spelled(flags)));
    const keywords = await this.#disk.keywords();
    const wanted = withKeywords(keywords, new Set(sets.flatMap((flags) => [...flags])));
    if (wanted !== keywords) await this.#disk.writeKeywords(wanted);
    const spelled = wanted.map((keyword) => (keyword === undefined ? undefined : this.index.spelledKeyword(keyword)));
    return sets.map((flags) => lettersOfFlags(flags, spelled));
  }

  /** Compares what the directories hold with what is known, and takes over what others did. */
  async #scan(): Promise<void> {
    const begun = this.#parts.reactor.clock.now();
    this.#marks = await this.#readMarks();
    let seen = this.#files.compare(await this.#paths());
    if (seen.missing.length > 0 || seen.doubled.length > 0)
      seen = this.#sureOf(seen, this.#files.compare(await this.#paths()));
    await this.#takeGone(seen.missing);
    await this.#takeMoved(seen.moved);
    await this.#takeUnknown([...seen.unknown, ...(await this.#freshNames(seen.doubled))]);
    await this.#takeFlags();
    const ended = this.#parts.reactor.clock.now();
    this.#mayHaveMissed = (await this.#readMarks()) !== this.#marks || (await this.#isFresh());
    this.#lookAgainAt = ended + 9 * (ended - begun); // a tenth of the time at most goes into looking again
  }

  /** A list that is made while files get other names may lack them, or show them twice: only what two lists say is so. */
  #sureOf(first: FilesSeen, second: FilesSeen): FilesSeen {
    const [missing, doubled] = [new Set(first.missing), new Set(first.doubled)];
    return {
      ...second,
      missing: second.missing.filter((uid) => missing.has(uid)),
      doubled: second.doubled.filter((path) => doubled.has(path)),
    };
  }

  async #takeGone(missing: readonly number[]): Promise<void> {
    const change = this.index.decideExpunge(missing);
    if (change !== undefined) await this.#commit(change, false);
  }

  async #takeMoved(moved: FilesSeen["moved"]): Promise<void> {
    for (const [uid, path] of moved) this.#files.move(uid, path);
  }

  /** What the names say now. A keyword without a letter is not in a name, and so not lost by it. */
  async #takeFlags(): Promise<void> {
    const letters = (await this.#disk.keywords()).map((keyword) => keyword && this.index.spelledKeyword(keyword));
    const lettered = new Set(letters);
    const known = new Map<string, readonly string[]>();
    const messages = this.index.messages.flatMap((message) => {
      const path = this.#files.get(message.uid)?.path;
      if (path === undefined) return [];
      const info = path.startsWith("cur/") ? parseFileName(path).letters : "";
      const named = known.get(info) ?? flagsOfLetters(info, letters);
      known.set(info, named);
      if (message.flags.size === named.length && named.every((flag) => message.flags.has(flag))) return [];
      const kept = [...message.flags].filter((flag) => !flag.startsWith("\\") && !lettered.has(flag));
      const flags = new Set([...named, ...kept]);
      const isSame = flags.size === message.flags.size && [...flags].every((flag) => message.flags.has(flag));
      return isSame ? [] : { ...message, flags, modSeq: this.index.highestModSeq + 1 };
    });
    if (messages.length > 0) await this.#commit({ type: "flags", messages }, false);
  }

  /** New messages: some have UIDs already, from somebody who shares the list; the others get theirs. */
  async #takeUnknown(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    const list = (await this.#disk.wholeUidList())!;
    const records = new Map(list.records.map((record) => [record.base, record]));
    const reborn = paths.filter((path) => (records.get(baseOf(path))?.uid ?? this.index.uidNext) < this.index.uidNext);
    const fresh = new Map((await this.#freshNames(reborn)).map((path, i) => [reborn[i]!, path]));
    const found = await this.#look(
      paths.map((path) => fresh.get(path) ?? path).filter((path) => path !== ""),
      records,
    );
    const listed = found.filter(({ uid }) => uid !== undefined).sort((a, b) => a.uid! - b.uid!);
    await this.#takeIn(listed);
    this.index.reserve(list.uidNext);
    await this.#takeIn(found.filter(({ uid }) => uid === undefined).sort((a, b) => compareBases(a.base, b.base)));
  }

  async #takeIn(found: readonly FoundMail[]): Promise<void> {
    if (found.length === 0) return;
    const change = this.index.decideAdd(found.map((mail) => ({ ...indexed(mail), uid: mail.uid })));
    const unlisted = change.messages.flatMap(({ uid }, i) =>
      found[i]!.uid === undefined ? recordOf(uid, found[i]!) : [],
    );
    if (unlisted.length > 0) await this.#disk.addUids(unlisted);
    for (const [i, { uid }] of change.messages.entries()) this.#files.add(uid, found[i]!, found[i]!.path);
    await this.#commit(change, unlisted.length > 0);
  }

  /** What there is to know of files; those that are gone again are left out. */
  async #look(paths: readonly string[], records: ReadonlyMap<string, UidRecord>): Promise<readonly FoundMail[]> {
    const found: FoundMail[] = [];
    const letters = (await this.#disk.keywords()).map((keyword) => keyword && this.index.spelledKeyword(keyword));
    await inParallel(paths, async (path) => {
      const mail = await this.#lookAt(path, records.get(baseOf(path)), letters).catch(unlessNotFound);
      if (mail !== undefined) found.push(mail);
    });
    return found;
  }

  async #lookAt(
    path: string,
    record: UidRecord | undefined,
    keywords: readonly (string | undefined)[],
  ): Promise<FoundMail | undefined> {
    const base = baseOf(path);
    const stat = await this.#parts.tree.stat(this.pathOf(path));
    if (stat.kind !== "file") return undefined;
    const octets = await this.#octetsOf(path, record, stat.octets);
    const flags = path.startsWith("cur/") ? flagsOfLetters(parseFileName(path).letters, keywords) : [];
    const guid = (record && uidExtension(record, "G")) ?? base;
    return { path, base, guid, flags, receivedAt: Math.round(stat.modified), octets, uid: record?.uid };
  }

  async #octetsOf(path: string, record: UidRecord | undefined, fileOctets: number): Promise<number> {
    const told = sizesInName(baseOf(path)).mail ?? Number(record && uidExtension(record, "W"));
    if (told >= fileOctets && told <= 2 * fileOctets) return told; // what is not possible is not believed
    return (await measureContent(this.#parts.tree, this.pathOf(path))).mail;
  }

  /** Gives files other names: theirs belong to messages that are there, or were. `""` for those that are gone. */
  async #freshNames(paths: readonly string[]): Promise<readonly string[]> {
    const { tree, names, reactor } = this.#parts;
    const renamed: string[] = [];
    for (const path of paths) {
      const { file, mail } = sizesInName(baseOf(path));
      const sizes = file === undefined || mail === undefined ? "" : `,S=${file},W=${mail}`;
      const info = path.includes(":") ? path.slice(path.indexOf(":")) : "";
      const fresh = `${path.slice(0, 4)}${names.next(reactor.clock.wall())}${sizes}${info}`;
      const isThere = await tree.rename(this.pathOf(path), this.pathOf(fresh)).then(
        () => true,
        (error: unknown) => {
          if (error instanceof FileError && error.code === "not-found") return false;
          throw error;
        },
      );
      renamed.push(isThere ? fresh : "");
    }
    return renamed;
  }

  async #paths(): Promise<readonly string[]> {
    const { tree } = this.#parts;
    const namesOf = async (directory: string): Promise<readonly string[]> => {
      const path = this.pathOf(directory);
      const names = tree.names === undefined ? (await tree.list(path)).map(({ name }) => name) : await tree.names(path);
      return names.filter(isMessageName).map((name) => `${directory}/${name}`);
    };
    return [...(await namesOf("cur")), ...(await namesOf("new"))];
  }

  async #readMarks(): Promise<string> {
    const { tree } = this.#parts;
    return `${markOf(await tree.stat(this.pathOf("cur")))} ${markOf(await tree.stat(this.pathOf("new")))}`;
  }

  /** Times of directories count in steps of up to ten milliseconds: what happens in the same step looks the same. */
  async #isFresh(): Promise<boolean> {
    const { tree, reactor } = this.#parts;
    const times = [await tree.stat(this.pathOf("cur")), await tree.stat(this.pathOf("new"))].map(
      ({ modified }) => modified,
    );
    return reactor.clock.wall() - Math.max(...times) < 50;
  }

  /** We have changed the directories ourselves: their times say nothing new. */
  async #changedHere(): Promise<void> {
    this.#marks = await this.#readMarks();
    this.#mayHaveMissed = true;
  }

  /** Writes down what has happened, and then it is so. */
  async #commit(change: MailFolderChange, isSynced: boolean): Promise<void> {
    await this.#disk.addToJournal(
      formatChange(change, (uid) => this.#files.get(uid)!),
      isSynced,
    );
    this.#apply(change);
  }

  #apply(change: MailFolderChange): void {
    this.index.apply(change);
    if (change.type === "expunged")
      for (const uid of change.uids) {
        this.#files.delete(uid);
        this.structures.delete(uid);
      }
    this.listeners.tell(change);
  }
}

/** A message that another program has brought. */
type FoundMail = ArrivingMail & { readonly uid: number | undefined };

/** What others have removed or renamed meanwhile is found by the next look. */
function unlessNotFound(error: unknown): undefined {
  if (!(error instanceof FileError && error.code === "not-found")) throw error;
}

function baseOf(path: string): string {
  return parseFileName(path.slice(4)).base;
}

function indexed({ flags, receivedAt, octets, guid }: ArrivingMail): IndexedMail {
  return { flags, receivedAt, octets, id: mailIdOf(guid) };
}

/** `new` for what has no flags: so other programs know that nobody has seen it. */
function placeFor(base: string, letters: string): string {
  return letters === "" ? `new/${base}` : `cur/${base}:2,${letters}`;
}

function recordOf(uid: number, { base, guid, octets }: ArrivingMail): UidRecord {
  const size = sizesInName(base).mail === undefined ? [`W${octets}`] : [];
  return { uid, base, extensions: guid === base ? size : [...size, `G${guid}`] };
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

/** Does something with each, a few at a time. */
export async function inParallel<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) await act(items[next++]!);
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(filesAtOnce, items.length) }, work));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
