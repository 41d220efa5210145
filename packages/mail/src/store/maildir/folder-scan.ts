import { FileError, type FileStat } from "@hawser/core";
import type { FolderIndex } from "../folder-index.ts";
import type { StoredMail } from "../store.ts";
import { measureContent } from "./content.ts";
import { compareBases, flagsOfLetters, isMessageName, parseFileName, sizesInName } from "./file-name.ts";
import type { FolderBook } from "./folder-book.ts";
import { markOf } from "./folder-disk.ts";
import type { FilesSeen, MaildirDirectory } from "./folder-files.ts";
import {
  type ArrivingMail,
  baseOf,
  indexed,
  inParallel,
  type MaildirFolderParts,
  recordOf,
  unlessNotFound,
} from "./folder-parts.ts";
import { type UidRecord, uidExtension } from "./uid-list.ts";

/** What is scanned. */
export interface FolderScanParts extends MaildirFolderParts {
  readonly pathOf: (name: string) => string;
  readonly book: FolderBook;
}

/** Finds out what other programs did in `new` and `cur`, and tells the book. */
export class FolderScan {
  readonly #parts: FolderScanParts;
  readonly #book: FolderBook;
  /** How `cur` and `new` looked when they were listed last, or after we changed them. */
  #marks: DirectoryMarks = { cur: "", new: "" };
  /** What the letters of names meant when all flags were compared last, and of which messages. */
  #lettersSeen = "";
  #indexSeen: FolderIndex | undefined;
  /** Others may have changed something there so soon after us that the time of the directory does not tell. */
  #missed: ReadonlySet<MaildirDirectory> = new Set();
  #lookAgainAt = 0;

  constructor(parts: FolderScanParts) {
    this.#parts = parts;
    this.#book = parts.book;
  }

  /** The directories look as they did. */
  async isUnchanged(): Promise<boolean> {
    return isSame(await this.#readMarks(), this.#marks);
  }

  /** The directories look as they did, and yet something may have happened: it is time to look again. */
  get isDue(): boolean {
    return this.#missed.size > 0 && this.#parts.reactor.clock.now() >= this.#lookAgainAt;
  }

  /** Compares what the directories hold with what is known, and takes over what others did. */
  async scan(): Promise<void> {
    const begun = this.#parts.reactor.clock.now();
    const marks = await this.#readMarks();
    const seen = this.#book.files.compare(await this.#paths(directories));
    const isSure = seen.missing.length === 0 && seen.doubled.length === 0;
    const again = isSure ? seen : this.#book.files.compare(await this.#paths(directories));
    await this.#take(isSure ? seen : this.#sureOf(seen, again), marks, begun);
  }

  /** The same, where only directories may have changed: most often somebody has brought a message into one. */
  async scanChanged(): Promise<void> {
    const begun = this.#parts.reactor.clock.now();
    const now = await this.#readMarks();
    const looked = directories.filter((one) => now[one] !== this.#marks[one] || this.#missed.has(one));
    const seen = looked.length === 1 ? this.#book.files.compareOne(looked[0]!, await this.#paths(looked)) : undefined;
    if (seen === undefined) return this.scan();
    await this.#take(seen, now, begun);
  }

  async #take(seen: FilesSeen, marks: DirectoryMarks, begun: number): Promise<void> {
    this.#marks = marks;
    await this.#takeGone(seen.missing);
    await this.#takeMoved(seen.moved);
    await this.#takeUnknown([...seen.unknown, ...(await this.#freshNames(seen.doubled))]);
    await this.#takeFlags(seen.moved);
    const ended = this.#parts.reactor.clock.now();
    this.#missed = await this.#missedNow();
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
    const change = this.#book.index.decideExpunge(missing);
    if (change !== undefined) await this.#book.commit(change, false);
  }

  async #takeMoved(moved: FilesSeen["moved"]): Promise<void> {
    for (const [uid, path] of moved) this.#book.files.move(uid, path);
  }

  /** What the names say now, of those that are others by now; of all, when letters or what is known may mean something else. */
  async #takeFlags(moved: FilesSeen["moved"]): Promise<void> {
    const letters = await this.#book.spelledKeywords();
    const spelled = JSON.stringify(letters);
    const { index } = this.#book;
    const isKnown = spelled === this.#lettersSeen && index === this.#indexSeen;
    const looked = isKnown ? moved.flatMap(([uid]) => index.find(uid) ?? []) : index.messages;
    const messages = this.#otherwiseNamed(looked, letters);
    if (messages.length > 0) await this.#book.commit({ type: "flags", messages }, false);
    this.#lettersSeen = spelled;
    this.#indexSeen = index;
  }

  /** Messages whose names say other flags. A keyword without a letter is not in a name, and so not lost by it. */
  #otherwiseNamed(looked: readonly StoredMail[], letters: readonly (string | undefined)[]): readonly StoredMail[] {
    const lettered = new Set(letters);
    const known = new Map<string, readonly string[]>();
    return looked.flatMap((message) => {
      const path = this.#book.files.get(message.uid)?.path;
      if (path === undefined) return [];
      const info = parseFileName(path.slice(4)).letters;
      const named = known.get(info) ?? flagsOfLetters(info, letters);
      known.set(info, named);
      if (message.flags.size === named.length && named.every((flag) => message.flags.has(flag))) return [];
      const kept = [...message.flags].filter((flag) => !flag.startsWith("\\") && !lettered.has(flag));
      const flags = new Set([...named, ...kept]);
      const isSame = flags.size === message.flags.size && [...flags].every((flag) => message.flags.has(flag));
      return isSame ? [] : { ...message, flags, modSeq: this.#book.index.highestModSeq + 1 };
    });
  }

  /** New messages: some have UIDs already, from somebody who shares the list; the others get theirs. */
  async #takeUnknown(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    const { records, uidNext } = await this.#book.unclaimed();
    const reborn = paths.filter(
      (path) => (records.get(baseOf(path))?.uid ?? this.#book.index.uidNext) < this.#book.index.uidNext,
    );
    const fresh = new Map((await this.#freshNames(reborn)).map((path, i) => [reborn[i]!, path]));
    const found = await this.#look(
      paths.map((path) => fresh.get(path) ?? path).filter((path) => path !== ""),
      records,
    );
    const listed = found.filter(({ uid }) => uid !== undefined).sort((a, b) => a.uid! - b.uid!);
    await this.#takeIn(listed);
    this.#book.index.reserve(uidNext);
    await this.#takeIn(found.filter(({ uid }) => uid === undefined).sort((a, b) => compareBases(a.base, b.base)));
  }

  async #takeIn(found: readonly FoundMail[]): Promise<void> {
    if (found.length === 0) return;
    const change = this.#book.index.decideAdd(found.map((mail) => ({ ...indexed(mail), uid: mail.uid })));
    const unlisted = change.messages.flatMap(({ uid }, i) =>
      found[i]!.uid === undefined ? recordOf(uid, found[i]!) : [],
    );
    if (unlisted.length > 0) await this.#book.disk.addUids(unlisted);
    for (const [i, { uid }] of change.messages.entries()) this.#book.files.add(uid, found[i]!, found[i]!.path);
    await this.#book.commit(change, unlisted.length > 0);
  }

  /** What there is to know of files; those that are gone again are left out. */
  async #look(paths: readonly string[], records: ReadonlyMap<string, UidRecord>): Promise<readonly FoundMail[]> {
    const found: FoundMail[] = [];
    const letters = await this.#book.spelledKeywords();
    const stats = await this.#statMany(paths);
    await inParallel(paths, async (path) => {
      const stat = stats.get(path) ?? (await this.#statOf(path).catch(unlessNotFound));
      const record = records.get(baseOf(path));
      const mail = stat && (await this.#found(path, stat, record, letters).catch(unlessNotFound));
      if (mail !== undefined) found.push(mail);
    });
    return found;
  }

  /** Many files are looked at together. */
  async #statMany(paths: readonly string[]): Promise<ReadonlyMap<string, LookedAt>> {
    const { tree, pathOf } = this.#parts;
    const stats = new Map<string, LookedAt>();
    if (tree.readFiles === undefined || paths.length < statTogetherMin) return stats;
    for (const directory of ["cur", "new"]) {
      const names = paths.filter((path) => path.startsWith(directory)).map((path) => path.slice(4));
      for (let at = 0; at < names.length; at += statTogetherMax) {
        const some = names.slice(at, at + statTogetherMax);
        const files = await tree.readFiles(pathOf(directory), some, { octetsMax: 0 });
        for (const [i, file] of files.entries())
          if (file !== undefined)
            stats.set(`${directory}/${some[i]!}`, { octets: file.fileOctets, modified: file.modified });
      }
    }
    return stats;
  }

  /** `undefined`: it is no file. */
  async #statOf(path: string): Promise<LookedAt | undefined> {
    const stat = await this.#parts.tree.stat(this.#parts.pathOf(path));
    return stat.kind === "file" ? stat : undefined;
  }

  async #found(
    path: string,
    stat: LookedAt,
    record: UidRecord | undefined,
    keywords: readonly (string | undefined)[],
  ): Promise<FoundMail> {
    const base = baseOf(path);
    const octets = await this.#octetsOf(path, record, stat.octets);
    const flags = flagsOfLetters(parseFileName(path.slice(4)).letters, keywords); // mutt tells flags in `new` too
    const guid = (record && uidExtension(record, "G")) ?? base;
    return { path, base, guid, flags, receivedAt: Math.round(stat.modified), octets, uid: record?.uid };
  }

  async #octetsOf(path: string, record: UidRecord | undefined, fileOctets: number): Promise<number> {
    const told = sizesInName(baseOf(path)).mail ?? Number(record && uidExtension(record, "W"));
    if (told >= fileOctets && told <= 2 * fileOctets) return told; // what is not possible is not believed
    return (await measureContent(this.#parts.tree, this.#parts.pathOf(path))).mail;
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
      const isThere = await tree.rename(this.#parts.pathOf(path), this.#parts.pathOf(fresh)).then(
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

  async #paths(directories: readonly MaildirDirectory[]): Promise<readonly string[]> {
    const { tree } = this.#parts;
    const paths: string[] = [];
    for (const directory of directories) {
      const path = this.#parts.pathOf(directory);
      const names = tree.names === undefined ? (await tree.list(path)).map(({ name }) => name) : await tree.names(path);
      for (const name of names) if (isMessageName(name)) paths.push(`${directory}/${name}`);
    }
    return paths;
  }

  async #readMarks(): Promise<DirectoryMarks> {
    const { tree, pathOf } = this.#parts;
    return { cur: markOf(await tree.stat(pathOf("cur"))), new: markOf(await tree.stat(pathOf("new"))) };
  }

  /**
   * Directories that have changed since they were listed, or so shortly before that more may have happened: their times count in
   * steps of up to ten milliseconds, and what happens in the same step looks the same.
   */
  async #missedNow(): Promise<ReadonlySet<MaildirDirectory>> {
    const { tree, pathOf, reactor } = this.#parts;
    const missed = new Set<MaildirDirectory>();
    for (const directory of directories) {
      const stat = await tree.stat(pathOf(directory));
      const isFresh = reactor.clock.wall() - stat.modified < 50;
      if (isFresh || markOf(stat) !== this.#marks[directory]) missed.add(directory);
    }
    return missed;
  }

  /** We have changed the directories ourselves: their times say nothing new. */
  async changedHere(): Promise<void> {
    const now = await this.#readMarks();
    const changed = directories.filter((one) => now[one] !== this.#marks[one]);
    this.#missed = new Set([...this.#missed, ...changed]);
    this.#marks = now;
  }
}

const directories: readonly MaildirDirectory[] = ["cur", "new"];

/** How directories look: different, whenever something in them may be. */
type DirectoryMarks = Readonly<Record<MaildirDirectory, string>>;

function isSame(one: DirectoryMarks, other: DirectoryMarks): boolean {
  return one.cur === other.cur && one.new === other.new;
}

/** What is known of a file that was looked at. */
type LookedAt = Pick<FileStat, "modified" | "octets">;

/** So many files are looked at together, or each by itself. */
const statTogetherMin = 16;
const statTogetherMax = 4_096;

/** A message that another program has brought. */
type FoundMail = ArrivingMail & { readonly uid: number | undefined };
