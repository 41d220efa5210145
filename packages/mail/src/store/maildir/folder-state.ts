import { FileError, quote } from "@hawser/core";
import type { MimePart } from "@hawser/mime";
import { MailStoreError } from "../errors.ts";
import type { FolderIndex } from "../folder-index.ts";
import { Listeners } from "../listeners.ts";
import type { MailMemo } from "../memo.ts";
import type { FlagChange, FlagChangeResult, MailFolderChange, StoredMail } from "../store.ts";
import { DotLock } from "./dot-lock.ts";
import { lettersOfFlags, parseFileName } from "./file-name.ts";
import { FolderBook } from "./folder-book.ts";
import { statOf } from "./folder-disk.ts";
import {
  type ArrivingMail,
  indexed,
  inParallel,
  type MaildirFolderParts,
  placeFor,
  recordOf,
  wasNotFound,
} from "./folder-parts.ts";
import { FolderScan } from "./folder-scan.ts";
import type { MailFile } from "./journal.ts";

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
  readonly memo: MailMemo;
  readonly #parts: MaildirFolderParts;
  readonly #book: FolderBook;
  readonly #scan: FolderScan;
  readonly #lock: DotLock;

  constructor(name: string, directory: string, parts: MaildirFolderParts) {
    this.name = name;
    this.directory = directory;
    this.#parts = parts;
    this.memo = parts.memo.folder();
    const pathOf = (file: string): string => this.pathOf(file);
    const tell = (change: MailFolderChange): void => this.listeners.tell(change);
    this.#book = new FolderBook({ ...parts, pathOf, tell, nameOf: () => this.name, goAway: () => this.goAway() });
    this.#scan = new FolderScan({ ...parts, pathOf, book: this.#book });
    this.#lock = new DotLock(parts.reactor, parts.tree, () => this.pathOf("dovecot-uidlist.lock"));
  }

  /** What is in the folder, as it was found last. */
  get index(): FolderIndex {
    return this.#book.index;
  }

  /** Parts of messages that were looked at lately. */
  get structures(): Map<number, MimePart> {
    return this.#book.structures;
  }

  /** Where something of the folder is in the mailbox. */
  pathOf(name: string): string {
    return this.directory === "" ? name : `${this.directory}/${name}`;
  }

  /** Where a message's file was seen last. `undefined`: there is no such message. */
  fileOf(uid: number): (MailFile & { readonly path: string }) | undefined {
    const file = this.#book.files.get(uid);
    return file?.path === undefined ? undefined : { ...file, path: this.pathOf(file.path) };
  }

  /** The same below the folder's own directory: `cur/1.M2.host:2,S`. */
  placeOf(uid: number): string | undefined {
    return this.#book.files.get(uid)?.path;
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
        const isNew = await this.#book.catchUp();
        if (isNew) await this.#scan.scan();
        else if (!(await this.#scan.isUnchanged())) await this.#scan.scanChanged();
        await this.#book.tidy();
        return await task();
      });
    } catch (error) {
      this.#book.isDoubtful ||= !(error instanceof MailStoreError) || error.code === "unavailable";
      if (!(error instanceof FileError)) throw error;
      throw await this.#failure(error);
    }
  }

  /** Looks whether others did something. Four looks at the times of files, when they did not. */
  async poll(): Promise<void> {
    if (this.isGone) return;
    try {
      const { isDue } = this.#scan;
      if (this.#book.isKnown && !isDue && (await this.#scan.isUnchanged()) && !(await this.#book.disk.isNew())) return;
      await this.locked(async () => {
        if (isDue) await this.#scan.scanChanged();
      });
    } catch (error) {
      const told = error instanceof FileError ? await this.#failure(error) : error;
      if (!(told instanceof MailStoreError && told.code === "no-folder")) throw told;
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
    if (moves.length > 1) await this.#book.disk.addIntent(moves);
    await this.#carryIn(moves);
    return this.#welcome(mails, places);
  }

  /** Takes messages in from another folder, each for itself; under both locks. Those that are not where they were are left out. */
  async addMoved<Mail extends ArrivingMail>(
    mails: readonly Mail[],
  ): Promise<readonly { readonly mail: Mail; readonly uid: number }[]> {
    const places = await this.#places(mails);
    const isCarried = mails.map(() => false);
    await inParallel([...mails.entries()], async ([i, mail]) => {
      const to = this.pathOf(places[i]!);
      isCarried[i] = await this.#parts.tree.rename(mail.path, to).then(() => true, wasNotFound);
    });
    const carried = mails.filter((_, i) => isCarried[i]);
    const placed = places.filter((_, i) => isCarried[i]);
    await this.#syncNames(placed);
    const added = await this.#welcome(carried, placed);
    return carried.map((mail, i) => ({ mail, uid: added[i]!.uid }));
  }

  /** Where messages will be, if they may. */
  async #places(mails: readonly ArrivingMail[]): Promise<readonly string[]> {
    this.index.decideAdd(mails.map(indexed));
    const letters = await this.#book.lettered(mails.map(({ flags }) => flags));
    return mails.map(({ base }, i) => placeFor(base, letters[i]!));
  }

  /** Gives UIDs to messages whose files have come. */
  async #welcome(mails: readonly ArrivingMail[], places: readonly string[]): Promise<readonly StoredMail[]> {
    if (mails.length === 0) return [];
    this.index.reserve((await this.#book.disk.uidList())?.uidNext ?? 0);
    const change = this.index.decideAdd(mails.map(indexed));
    await this.#book.disk.addUids(change.messages.map(({ uid }, i) => recordOf(uid, mails[i]!)));
    for (const [i, { uid }] of change.messages.entries()) this.#book.files.add(uid, mails[i]!, places[i]);
    await this.#book.commit(change, true);
    await this.#scan.changedHere();
    return change.messages;
  }

  /** Changes flags; under the lock. */
  async changeFlags(uids: readonly number[], change: FlagChange): Promise<FlagChangeResult> {
    const first = await this.#changeFlags(uids, change);
    if (first.lost.length === 0) return first;
    await this.#scan.scan(); // somebody has renamed or removed their files
    const { unchangedSince: _, ...again } = change;
    const second = await this.#changeFlags(first.lost, again);
    return { messages: [...first.messages, ...second.messages], modified: first.modified };
  }

  /** Removes messages; under the lock. Gives those that were there. */
  async expunge(uids: readonly number[]): Promise<readonly StoredMail[]> {
    const there = uids.map((uid) => this.index.find(uid)).filter((message) => message !== undefined);
    const lost = await this.#remove(there.map(({ uid }) => uid));
    if (lost.length > 0) {
      await this.#scan.scan();
      await this.#remove(lost);
    }
    const change = this.index.decideExpunge(uids);
    if (change !== undefined) await this.#book.commit(change, false);
    await this.#scan.changedHere();
    return there;
  }

  /** These have gone to another folder; under the lock. */
  async moved(uids: readonly number[]): Promise<void> {
    const change = this.index.decideExpunge(uids);
    if (change !== undefined) await this.#book.commit(change, false);
    await this.#scan.changedHere();
  }

  /** Looks at the directories, under the lock: some file was not where it was seen last. */
  lookAgain(): Promise<void> {
    return this.#scan.scan();
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

  async #carryIn(moves: readonly (readonly [from: string, to: string])[]): Promise<void> {
    const { tree } = this.#parts;
    const [only] = moves;
    if (only !== undefined && moves.length === 1)
      return tree.rename(only[0], this.pathOf(only[1]), { takePlace: true });
    const done: (readonly [string, string])[] = [];
    try {
      await inParallel(moves, async (move) => {
        await tree.rename(move[0], this.pathOf(move[1]));
        done.push(move);
      });
      await this.#syncNames(done.map(([, to]) => to));
    } catch (error) {
      for (const [from, to] of done) await tree.rename(this.pathOf(to), from);
      if (moves.length > 1) await this.#book.disk.endIntent();
      throw error;
    }
  }

  /** Waits until the names in `cur` and `new` are on the medium: for each directory once, since one name brings all of them along. */
  async #syncNames(places: readonly string[]): Promise<void> {
    const { tree } = this.#parts;
    for (const directory of ["cur", "new"])
      for (const place of places) {
        if (!place.startsWith(directory)) continue;
        const path = this.pathOf(place);
        if (await tree.rename(path, path, { takePlace: true }).then(() => true, wasNotFound)) break; // else somebody was quick
      }
  }

  async #changeFlags(
    uids: readonly number[],
    change: FlagChange,
  ): Promise<FlagChangeResult & { readonly lost: readonly number[] }> {
    const decision = this.index.decideFlags(uids, change);
    const letters = await this.#book.lettered(decision.changed.map(({ flags }) => flags));
    const lost: number[] = [];
    await inParallel([...decision.changed.entries()], async ([i, { uid }]) => {
      if (!(await this.#rename(uid, letters[i]!))) lost.push(uid);
    });
    const isLost = new Set(lost);
    const isThere = ({ uid }: StoredMail): boolean => !isLost.has(uid);
    const messages = decision.changed.filter(isThere);
    if (messages.length > 0) await this.#book.commit({ type: "flags", messages }, false);
    if (decision.changed.length > 0) await this.#scan.changedHere();
    return { messages: decision.messages.filter(isThere), modified: decision.modified, lost };
  }

  /** Gives a message's file the letters of its flags. False: it is not where it was seen. */
  async #rename(uid: number, letters: string): Promise<boolean> {
    const file = this.#book.files.get(uid);
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
    this.#book.files.move(uid, `cur/${name}`);
    return true;
  }

  async #remove(uids: readonly number[]): Promise<readonly number[]> {
    const lost: number[] = [];
    await inParallel(uids, async (uid) => {
      const path = this.#book.files.get(uid)?.path;
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
}
