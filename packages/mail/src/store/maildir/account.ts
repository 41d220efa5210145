import { every, FileError, type FileTree, type Reactor, type Repetition } from "@hawser/core";
import { MailStoreError } from "../errors.ts";
import { folderName, inbox, renamedNames } from "../names.ts";
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
import type { MaildirSpelling } from "./folder-names.ts";
import { type ArrivingMail, inParallel, toldAsUnavailable } from "./folder-parts.ts";
import type { MaildirFolderState } from "./folder-state.ts";
import { MaildirFolders, noFolder } from "./folders.ts";
import type { MailFile } from "./journal.ts";
import { MaildirQuota, type MailUse } from "./quota.ts";

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
  readonly #quota: MaildirQuota | undefined;
  readonly #folders: MaildirFolders;
  readonly #watches = new Map<MaildirFolderState, { count: number; readonly repetition: Repetition }>();

  constructor(parts: MaildirAccountParts) {
    this.#parts = parts;
    this.tree = parts.tree;
    this.#names = new UniqueNames(parts.reactor.random);
    const onDelete = async (state: MaildirFolderState): Promise<void> =>
      this.#quota?.release(useOf(state, state.index.messages));
    this.#folders = new MaildirFolders({ ...parts, names: this.#names, onDelete });
    const { quotaOctets: octets, quotaMessages: messages } = parts;
    if (octets === undefined && messages === undefined) return;
    const quota = new MaildirQuota(parts, { octets, messages }, async () => [
      ...(await this.#folders.directories()).values(),
    ]);
    this.#quota = quota;
    this.quota = () => told(quota.quota());
  }

  /** Finishes what a process that died has begun with whole folders. */
  begin(): Promise<void> {
    return this.#folders.begin();
  }

  folders(): Promise<readonly MailFolderInfo[]> {
    return told(this.#folders.list());
  }

  create(name: string, options?: { readonly use?: MailFolderUse | undefined }): Promise<void> {
    return told(this.#folders.create(name, options));
  }

  delete(name: string): Promise<void> {
    return told(this.#folders.delete(name));
  }

  async rename(from: string, to: string): Promise<void> {
    return told(folderName(from) === inbox ? this.#renameInbox(to) : this.#folders.rename(from, to));
  }

  subscribe(name: string, wanted: boolean): Promise<void> {
    return told(this.#folders.subscribe(name, wanted));
  }

  onFoldersChange(listener: () => void): () => void {
    return this.#folders.onChange(listener);
  }

  async open(name: string, { readOnly = false }: OpenFolderOptions = {}): Promise<MailFolder> {
    const state = await told(this.#folders.state(name));
    await this.#look(state);
    return new MaildirFolder(this, state, readOnly);
  }

  async status(name: string): Promise<MailFolderStatus> {
    const state = await told(this.#folders.state(name));
    await this.#look(state);
    return state.index.status;
  }

  async append(
    name: string,
    messages: AsyncIterable<NewMail> | Iterable<NewMail>,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<AppendedMail> {
    const state = await told(this.#folders.state(name));
    const drafts: ArrivingMail[] = [];
    try {
      for await (const message of messages) drafts.push(await this.#write(message, options.signal));
      return await this.#takeIn(state, drafts);
    } catch (error) {
      await this.#removeDrafts(drafts);
      throw error;
    }
  }

  async copy(from: MailFolder, uids: readonly number[], to: string): Promise<CopiedMail> {
    const source = this.#own(from);
    const target = await told(this.#folders.state(to));
    const drafts: { readonly at: number; readonly mail: ArrivingMail }[] = [];
    try {
      await inParallel([...uids.entries()], async ([at, uid]) => {
        const mail = await this.#copyOf(source, uid);
        if (mail !== undefined) drafts.push({ at, mail });
      });
      drafts.sort((one, other) => one.at - other.at);
      const { uidValidity, uids: given } = await this.#takeIn(
        target,
        drafts.map(({ mail }) => mail),
      );
      return { uidValidity, uids: drafts.map(({ at }, i) => [uids[at]!, given[i]!] as const) };
    } catch (error) {
      await this.#removeDrafts(drafts.map(({ mail }) => mail));
      throw error;
    }
  }

  async move(from: MailFolder, uids: readonly number[], to: string): Promise<CopiedMail> {
    if (from.readOnly)
      throw new MailStoreError("read-only", "Cannot move messages: the folder is open to be read only");
    const source = this.#own(from);
    const target = await told(this.#folders.state(to));
    if (source === target) return source.locked(() => this.#move(source, uids, target));
    const [first, second] = source.name < target.name ? [source, target] : [target, source]; // so that nobody waits in a circle
    return first.locked(() => second.locked(() => this.#move(source, uids, target)));
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
    this.#folders.end();
  }

  #every(look: () => Promise<void>): Repetition {
    // What cannot be read now is looked at the next time; whoever does something there is told.
    return every(this.#parts.reactor.clock, this.#parts.pollMs, look, { idle: true, onError: () => {} });
  }

  async #look(state: MaildirFolderState): Promise<void> {
    await state.poll();
    if (state.isGone) throw noFolder(state.name);
  }

  async #renameInbox(to: string): Promise<void> {
    renamedNames(inbox, to, [...(await this.#folders.directories()).keys()]);
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
      const octets = await this.#copyFile(file, path, message.receivedAt);
      if (octets === undefined) {
        await source.locked(() => source.lookAgain());
        continue;
      }
      const base = `${path.slice(4)},S=${octets},W=${message.octets}`;
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

  /** Gives the file one more name where that can be; messages are never changed. Gives its octets; `undefined`: it is not there. */
  async #copyFile(from: MailFile & { readonly path: string }, to: string, came: number): Promise<number | undefined> {
    try {
      if (await this.#link(from.path, to)) return sizesInName(from.base).file ?? (await this.tree.stat(to)).octets;
      const octets = await this.#copyOctets(from.path, to);
      await this.tree.setAttributes(to, { modified: came });
      return octets;
    } catch (error) {
      if (error instanceof FileError && error.code === "not-found") return undefined;
      throw toldAsUnavailable(error);
    }
  }

  /** False: there are no such names here. */
  async #link(from: string, to: string): Promise<boolean> {
    if (this.tree.link === undefined) return false;
    try {
      await this.tree.link(from, to);
      return true;
    } catch (error) {
      if (error instanceof FileError && ["failed", "not-permitted"].includes(error.code)) return false;
      throw error;
    }
  }

  async #copyOctets(from: string, to: string): Promise<number> {
    const source = await this.tree.open(from);
    try {
      const limits = { octetsMax: Number.POSITIVE_INFINITY, isAsItIs: true };
      return (await writeContent(this.tree, to, rawPieces(source), limits)).file;
    } finally {
      await source.close();
    }
  }

  async #takeIn(state: MaildirFolderState, drafts: readonly ArrivingMail[]): Promise<AppendedMail> {
    const use = useOfDrafts(drafts);
    if (drafts.length > 0) await told(this.#quota?.reserve(use));
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

/** What fails on the disk is told in a store's words. */
async function told<Result>(action: Promise<Result>): Promise<Result>;
async function told<Result>(action: Promise<Result> | undefined): Promise<Result | undefined>;
async function told<Result>(action: Promise<Result> | undefined): Promise<Result | undefined> {
  try {
    return await action;
  } catch (error) {
    throw toldAsUnavailable(error);
  }
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
