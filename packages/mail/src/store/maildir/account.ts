import { every, FileError, type FileTree, quote, type Reactor, type Repetition } from "@hawser/core";
import { MailStoreError } from "../errors.ts";
import { mailFoldersMax } from "../limits.ts";
import { Listeners } from "../listeners.ts";
import { folderName, inbox, namesAbove, renamedNames } from "../names.ts";
import type {
  AppendedMail,
  CopiedMail,
  MailAccount,
  MailFolder,
  MailFolderInfo,
  MailFolderStatus,
  MailFolderUse,
  MailQuota,
  NewMail,
  OpenFolderOptions,
  StoredMail,
} from "../store.ts";
import { writeContent } from "./content.ts";
import { sizesInName, UniqueNames } from "./file-name.ts";
import { MaildirFolder } from "./folder.ts";
import type { MaildirPlace } from "./folder-disk.ts";
import { folderDirectory, folderOfDirectory, type MaildirSpelling } from "./folder-names.ts";
import type { ArrivingMail } from "./folder-parts.ts";
import { MaildirFolderState } from "./folder-state.ts";
import { idleFoldersMax } from "./limits.ts";
import { MailboxFiles } from "./mailbox-files.ts";
import { MaildirQuota, type MailUse } from "./quota.ts";
import { formatUidList } from "./uid-list.ts";

/** What an account is made of. */
export interface MaildirAccountParts extends MaildirPlace {
  readonly reactor: Pick<Reactor, "clock" | "random">;
  readonly spelling: MaildirSpelling;
  readonly mailOctetsMax: number;
  readonly quotaOctets?: number | undefined;
  readonly quotaMessages?: number | undefined;
  readonly pollMs: number;
}

/** The mail of one user in a Maildir: everybody in this program who opens it gets this. */
export class MaildirAccount implements MailAccount {
  readonly tree: FileTree;
  readonly quota?: () => Promise<MailQuota>;
  readonly #parts: MaildirAccountParts;
  readonly #names: UniqueNames;
  readonly #files: MailboxFiles;
  readonly #quota: MaildirQuota | undefined;
  readonly #folders = new Map<string, MaildirFolderState>();
  readonly #listeners = new Listeners<void>("MailAccount.onFoldersChange");
  readonly #watches = new Map<MaildirFolderState, { count: number; readonly repetition: Repetition }>();
  #foldersWatch: Repetition | undefined;
  #foldersSeen = "";

  constructor(parts: MaildirAccountParts) {
    this.#parts = parts;
    this.tree = parts.tree;
    this.#names = new UniqueNames(parts.reactor.random);
    this.#files = new MailboxFiles(parts, parts.spelling);
    const { quotaOctets: octets, quotaMessages: messages } = parts;
    if (octets === undefined && messages === undefined) return;
    const quota = new MaildirQuota(parts, { octets, messages }, async () => [...(await this.#directories()).values()]);
    this.#quota = quota;
    this.quota = () => quota.quota();
  }

  /** Finishes what a process that died has begun with whole folders. */
  async begin(): Promise<void> {
    const entries = await this.tree.list("");
    const left = entries.filter(({ name, kind }) => kind === "directory" && name.startsWith(asidePrefix));
    const isOld = (modified: number): boolean => modified < this.#parts.reactor.clock.wall() - asideAgeMs;
    for (const { name, modified } of left) if (isOld(modified)) await removeAll(this.tree, name);
    const note = await this.#files.folders();
    if (note.renaming !== undefined) await this.#files.lock.run(() => this.#finishRenaming());
  }

  async folders(): Promise<readonly MailFolderInfo[]> {
    const directories = await this.#directories();
    const [{ uses }, subscribed] = [await this.#files.folders(), await this.#files.subscriptions()];
    const names = new Set([...directories.keys(), ...[...directories.keys()].flatMap(namesAbove)]);
    return [...names].map((name) => {
      const selectable = directories.has(name);
      const use = selectable && uses[name] !== undefined ? { use: uses[name] } : {};
      return { name, selectable, subscribed: subscribed.has(name), ...use };
    });
  }

  async open(name: string, { readOnly = false }: OpenFolderOptions = {}): Promise<MailFolder> {
    const state = await this.#state(name);
    await this.#look(state);
    return new MaildirFolder(this, state, readOnly);
  }

  async status(name: string): Promise<MailFolderStatus> {
    const state = await this.#state(name);
    await this.#look(state);
    return state.index.status;
  }

  async create(text: string, { use }: { readonly use?: MailFolderUse | undefined } = {}): Promise<void> {
    const name = folderName(text);
    await this.#changeFolders(async (directories) => {
      if (directories.has(name)) throw folderExists("make", name);
      if (directories.size >= mailFoldersMax)
        throw new MailStoreError("too-many", `Cannot make the folder ${quote(name)}: there are ${mailFoldersMax}`);
      for (const each of [...namesAbove(name), name]) if (!directories.has(each)) await this.#makeFolder(each);
      const { [name]: _, ...uses } = (await this.#files.folders()).uses;
      if (use !== undefined || _ !== undefined)
        await this.#files.writeFolders({ uses: use === undefined ? uses : { ...uses, [name]: use } });
    });
  }

  async delete(text: string): Promise<void> {
    const name = folderName(text);
    if (name === inbox) throw new MailStoreError("not-allowed", "Cannot delete INBOX");
    const state = await this.#state(name);
    const aside = `${asidePrefix}${this.#names.next(this.#parts.reactor.clock.wall())}`;
    await this.#changeFolders(async () => {
      await state.locked(async () => {
        const gone = useOf(state, state.index.messages);
        await this.tree.rename(state.directory, aside);
        state.goAway();
        await this.#quota?.release(gone);
      });
      this.#folders.delete(name);
    });
    await removeAll(this.tree, aside);
  }

  async rename(from: string, to: string): Promise<void> {
    if (folderName(from) === inbox) return this.#renameInbox(to);
    await this.#changeFolders(async (directories) => {
      const renaming = renamedNames(from, to, [...directories.keys()]);
      for (const [, after] of renaming) folderDirectory(after, this.#parts.spelling); // the disk may not like it
      for (const above of namesAbove(folderName(to))) if (!directories.has(above)) await this.#makeFolder(above);
      await this.#files.writeFolders({ ...(await this.#files.folders()), renaming });
      await this.#finishRenaming();
    });
  }

  async subscribe(text: string, wanted: boolean): Promise<void> {
    const name = folderName(text);
    await this.#files.subscribe((names) => {
      if (wanted && names.size >= mailFoldersMax)
        throw new MailStoreError("too-many", `Cannot subscribe to ${quote(name)}: there are too many subscriptions`);
      if (wanted) names.add(name);
      else names.delete(name);
    });
  }

  async append(
    name: string,
    messages: readonly NewMail[],
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<AppendedMail> {
    const state = await this.#state(name);
    const drafts: ArrivingMail[] = [];
    try {
      for (const message of messages) drafts.push(await this.#write(message, options.signal));
      return await this.#takeIn(state, drafts);
    } catch (error) {
      await this.#removeDrafts(drafts);
      throw error;
    }
  }

  async copy(from: MailFolder, uids: readonly number[], to: string): Promise<CopiedMail> {
    const source = this.#own(from);
    const target = await this.#state(to);
    const drafts: ArrivingMail[] = [];
    try {
      const copied: number[] = [];
      for (const uid of uids) {
        const draft = await this.#copyOf(source, uid);
        if (draft !== undefined) drafts.push(draft);
        if (draft !== undefined) copied.push(uid);
      }
      const { uidValidity, uids: given } = await this.#takeIn(target, drafts);
      return { uidValidity, uids: copied.map((uid, i) => [uid, given[i]!] as const) };
    } catch (error) {
      await this.#removeDrafts(drafts);
      throw error;
    }
  }

  async move(from: MailFolder, uids: readonly number[], to: string): Promise<CopiedMail> {
    if (from.readOnly)
      throw new MailStoreError("read-only", "Cannot move messages: the folder is open to be read only");
    const source = this.#own(from);
    const target = await this.#state(to);
    if (source === target) return source.locked(() => this.#move(source, uids, target));
    const [first, second] = source.name < target.name ? [source, target] : [target, source]; // so that nobody waits in a circle
    return first.locked(() => second.locked(() => this.#move(source, uids, target)));
  }

  onFoldersChange(listener: () => void): () => void {
    const stop = this.#listeners.add(listener);
    this.#foldersWatch ??= this.#every(() => this.#lookAtFolders());
    return () => {
      stop();
      if (this.#listeners.size > 0) return;
      this.#foldersWatch?.stop();
      this.#foldersWatch = undefined;
      this.#foldersSeen = "";
    };
  }

  /** Removes messages from a folder, and from what is used. */
  async expunge(state: MaildirFolderState, uids: readonly number[]): Promise<readonly number[]> {
    const gone = await state.locked(async () => {
      const messages = uids.map((uid) => state.index.find(uid)).filter((message) => message !== undefined);
      const use = useOf(state, messages);
      const expunged = await state.expunge(uids);
      await this.#quota?.release(use);
      return expunged;
    });
    return [...new Set(gone.map(({ uid }) => uid))].sort((a, b) => a - b);
  }

  /** Looks at a folder again and again, for as long as somebody wants it. Returns what ends it. */
  watch(state: MaildirFolderState): () => void {
    const watch = this.#watches.get(state) ?? { count: 0, repetition: this.#every(() => state.poll()) };
    watch.count++;
    this.#watches.set(state, watch);
    return () => {
      if (--watch.count > 0) return;
      watch.repetition.stop();
      this.#watches.delete(state);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** Ends all watching. */
  end(): void {
    for (const { repetition } of this.#watches.values()) repetition.stop();
    this.#watches.clear();
    this.#foldersWatch?.stop();
  }

  #every(look: () => Promise<void>): Repetition {
    // What cannot be read now is looked at the next time; whoever does something there is told.
    return every(this.#parts.reactor.clock, this.#parts.pollMs, look, { idle: true, onError: () => {} });
  }

  async #lookAtFolders(): Promise<void> {
    const seen = [...(await this.#directories()).keys()].sort().join("\n");
    if (this.#foldersSeen !== "" && seen !== this.#foldersSeen) this.#listeners.tell();
    this.#foldersSeen = seen;
  }

  async #look(state: MaildirFolderState): Promise<void> {
    await state.poll();
    if (state.isGone) throw noFolder(state.name);
  }

  /** A folder, which is there. */
  async #state(text: string): Promise<MaildirFolderState> {
    const name = folderName(text);
    const known = this.#folders.get(name);
    if (known?.isGone === false) {
      this.#folders.delete(name); // the one that was used last stands last
      this.#folders.set(name, known);
      return known;
    }
    const directory = folderDirectory(name, this.#parts.spelling);
    if (!(await this.#directories()).has(name)) throw noFolder(text);
    const again = this.#folders.get(name); // somebody else may have been here meanwhile
    if (again?.isGone === false) return again;
    const nextUidValidity = (): Promise<number> => this.#files.nextUidValidity();
    const state = new MaildirFolderState(name, directory, { ...this.#parts, names: this.#names, nextUidValidity });
    this.#folders.set(name, state);
    this.#forgetIdle();
    return state;
  }

  #forgetIdle(): void {
    const idle = [...this.#folders.values()].filter(({ openCount }) => openCount === 0);
    for (const { name } of idle.slice(0, Math.max(0, idle.length - idleFoldersMax))) this.#folders.delete(name);
  }

  async #directories(): Promise<ReadonlyMap<string, string>> {
    const directories = new Map([[inbox as string, ""]]);
    for (const { name, kind } of await this.tree.list("")) {
      const folder = kind === "directory" ? folderOfDirectory(name, this.#parts.spelling) : undefined;
      if (folder !== undefined) directories.set(folder, name);
    }
    return directories;
  }

  async #changeFolders(change: (directories: ReadonlyMap<string, string>) => Promise<void>): Promise<void> {
    await this.#files.lock.run(async () => {
      await this.#finishRenaming();
      await change(await this.#directories());
    });
    if (this.#foldersWatch !== undefined) this.#foldersSeen = [...(await this.#directories()).keys()].sort().join("\n");
    this.#listeners.tell();
  }

  /** Made aside and then given its name, so that nobody sees half a folder. */
  async #makeFolder(name: string): Promise<void> {
    const { reactor, spelling } = this.#parts;
    const directory = folderDirectory(name, spelling);
    const aside = `${asidePrefix}${this.#names.next(reactor.clock.wall())}`;
    const guid = Buffer.from(reactor.random.bytes(16)).toString("hex");
    const uidValidity = await this.#files.nextUidValidity();
    await this.tree.makeDirectory(aside);
    for (const each of ["tmp", "new", "cur"]) await this.tree.makeDirectory(`${aside}/${each}`);
    await this.tree.writeFile(`${aside}/maildirfolder`, "");
    await this.tree.writeFile(
      `${aside}/dovecot-uidlist`,
      formatUidList({ uidValidity, uidNext: 1, guid, records: [] }),
    );
    try {
      await this.tree.rename(aside, directory);
    } catch (error) {
      await removeAll(this.tree, aside);
      if (error instanceof FileError && ["exists", "not-empty"].includes(error.code)) throw folderExists("make", name);
      throw error;
    }
  }

  /** Under the lock of the folders: the names that were to be changed are, and then nobody needs to know any more. */
  async #finishRenaming(): Promise<void> {
    const { renaming, uses } = await this.#files.folders();
    if (renaming === undefined) return;
    for (const [before, after] of renaming) {
      const directories = await this.#directories();
      if (directories.has(before) && !directories.has(after)) await this.#renameFolder(before, after);
    }
    const names = new Map(renaming);
    const moved = Object.entries(uses).map(([name, use]) => [names.get(name) ?? name, use] as const);
    await this.#files.writeFolders({ uses: Object.fromEntries(moved) });
  }

  async #renameFolder(before: string, after: string): Promise<void> {
    const state = await this.#state(before);
    await state.locked(async () => {
      const directory = folderDirectory(after, this.#parts.spelling);
      await this.tree.rename(state.directory, directory);
      this.#folders.delete(before);
      this.#folders.set(after, state);
      state.name = after;
      state.directory = directory;
    });
  }

  async #renameInbox(to: string): Promise<void> {
    renamedNames(inbox, to, [...(await this.#directories()).keys()]);
    await this.create(to);
    await using folder = await this.open(inbox);
    await this.move(
      folder,
      folder.messages.map(({ uid }) => uid),
      to,
    );
  }

  #own(folder: MailFolder): MaildirFolderState {
    if (folder instanceof MaildirFolder) return folder.state;
    throw new TypeError("Cannot copy from this folder: it is not of this store");
  }

  async #write({ content, flags = [], receivedAt }: NewMail, signal: AbortSignal | undefined): Promise<ArrivingMail> {
    const { clock } = this.#parts.reactor;
    const name = this.#names.next(clock.wall());
    const path = `tmp/${name}`;
    try {
      const sizes = await writeContent(this.tree, path, content, { octetsMax: this.#parts.mailOctetsMax, signal });
      const came = Math.floor(receivedAt ?? clock.wall());
      await this.tree.setAttributes(path, { modified: came });
      const base = `${name},S=${sizes.file},W=${sizes.mail}`;
      return { path, base, guid: base, flags, receivedAt: came, octets: sizes.mail };
    } catch (error) {
      await this.tree.remove(path).catch(() => {}); // the first error is the one to tell
      throw toldAsUnavailable(error);
    }
  }

  /** The message as it is now, in a file of its own. `undefined`: it is gone. */
  async #copyOf(source: MaildirFolderState, uid: number): Promise<ArrivingMail | undefined> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const [message, file] = [source.index.find(uid), source.fileOf(uid)];
      if (message === undefined || file === undefined) return undefined;
      const path = `tmp/${this.#names.next(this.#parts.reactor.clock.wall())}`;
      const octets = await this.#copyFile(file.path, path);
      if (octets === undefined) {
        await source.locked(() => source.lookAgain());
        continue;
      }
      const base = `${path.slice(4)},S=${octets},W=${message.octets}`;
      await this.tree.setAttributes(path, { modified: message.receivedAt });
      return {
        path,
        base,
        guid: file.guid,
        flags: message.flags,
        receivedAt: message.receivedAt,
        octets: message.octets,
      };
    }
    return undefined;
  }

  async #copyFile(from: string, to: string): Promise<number | undefined> {
    const limits = { octetsMax: Number.POSITIVE_INFINITY };
    try {
      const source = await this.tree.open(from);
      try {
        return (await writeContent(this.tree, to, rawPieces(source), { ...limits, isAsItIs: true })).file;
      } finally {
        await source.close();
      }
    } catch (error) {
      if (error instanceof FileError && error.code === "not-found") return undefined;
      throw toldAsUnavailable(error);
    }
  }

  async #takeIn(state: MaildirFolderState, drafts: readonly ArrivingMail[]): Promise<AppendedMail> {
    const use = useOfDrafts(drafts);
    if (drafts.length > 0) await this.#quota?.reserve(use);
    try {
      const added = await state.locked(() => state.add(drafts));
      return { uidValidity: state.index.uidValidity, uids: added.map(({ uid }) => uid) };
    } catch (error) {
      await this.#quota?.release(use);
      throw error;
    }
  }

  /** Under the locks of both folders. Another program may rename files meanwhile: then they are looked for. */
  async #move(source: MaildirFolderState, uids: readonly number[], target: MaildirFolderState): Promise<CopiedMail> {
    const given = new Map<number, number>();
    let left = [...new Set(uids)];
    for (let attempt = 0; attempt < 3 && left.length > 0; attempt++) {
      const mails = left.flatMap((uid) => this.#departing(source, uid) ?? []);
      const moved = await target.addMoved(mails);
      await source.moved(moved.map(({ mail }) => mail.uid));
      for (const { mail, uid } of moved) given.set(mail.uid, uid);
      left = mails.map(({ uid }) => uid).filter((uid) => !given.has(uid));
      if (left.length > 0) await source.lookAgain();
    }
    const pairs = uids.flatMap((uid) => (given.has(uid) ? [[uid, given.get(uid)!] as const] : []));
    return { uidValidity: target.index.uidValidity, uids: pairs };
  }

  /** A message on its way to another folder, under another name: its own is remembered here. `undefined`: it is gone. */
  #departing(source: MaildirFolderState, uid: number): (ArrivingMail & { readonly uid: number }) | undefined {
    const [message, file] = [source.index.find(uid), source.fileOf(uid)];
    if (message === undefined || file === undefined) return undefined;
    const size = sizesInName(file.base).file;
    const sizes = size === undefined ? "" : `,S=${size},W=${message.octets}`;
    const base = this.#names.next(this.#parts.reactor.clock.wall()) + sizes;
    return { ...message, uid, path: file.path, base, guid: file.guid };
  }

  async #removeDrafts(drafts: readonly ArrivingMail[]): Promise<void> {
    for (const { path } of drafts) await this.tree.remove(path).catch(() => {}); // it may be in its folder by now
  }
}

/** Directories that are no folders, or no longer. */
const asidePrefix = "..hawser-";

/** What a process is still at work with is younger. */
const asideAgeMs = 3_600_000;

function noFolder(name: string): MailStoreError {
  return new MailStoreError("no-folder", `Cannot find the folder ${quote(name)}`);
}

function folderExists(action: string, name: string): MailStoreError {
  return new MailStoreError("folder-exists", `Cannot ${action} the folder ${quote(name)}: there is one`);
}

function toldAsUnavailable(error: unknown): unknown {
  if (!(error instanceof FileError)) return error;
  return new MailStoreError("unavailable", `Cannot use the mailbox: ${error.message}`, { cause: error });
}

function useOf(state: MaildirFolderState, messages: readonly StoredMail[]): MailUse {
  const sizes = messages.map(({ uid, octets }) => sizesInName(state.fileOf(uid)?.base ?? "").file ?? octets);
  return { octets: sizes.reduce((sum, size) => sum + size, 0), messages: messages.length };
}

function useOfDrafts(drafts: readonly ArrivingMail[]): MailUse {
  const sizes = drafts.map(({ base }) => sizesInName(base).file ?? 0);
  return { octets: sizes.reduce((sum, size) => sum + size, 0), messages: drafts.length };
}

async function* rawPieces(file: {
  read(offset: number, octets: number): Promise<Uint8Array>;
}): AsyncGenerator<Uint8Array> {
  for (let at = 0; ; ) {
    const piece = await file.read(at, 65_536);
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
  }
}

/** Removes a directory with all that is in it. Others may be at it too. */
async function removeAll(tree: FileTree, path: string): Promise<void> {
  try {
    for (const { name, kind } of await tree.list(path)) {
      if (kind === "directory") await removeAll(tree, `${path}/${name}`);
      else await tree.remove(`${path}/${name}`).catch(() => {});
    }
    await tree.removeDirectory(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error; // what is left is removed when the mailbox is opened the next time
  }
}
