import { quote, type Reactor } from "@hawser/core";
import { MailStoreError } from "../errors.ts";
import { mailFoldersMax, mailOctetsMaxDefault } from "../limits.ts";
import { Listeners } from "../listeners.ts";
import type { MailMemoRoom } from "../memo.ts";
import { folderName, inbox, missingFolders, namesAbove, renamedNames } from "../names.ts";
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
import { MemoryFolder, MemoryFolderState, type MemoryMail } from "./folder.ts";

/** How much an account holds. */
export interface MemoryMailLimits {
  /** Octets of one message. Default 52,428,800. */
  readonly mailOctetsMax?: number | undefined;
  /** Octets of all messages. Default: no limit. */
  readonly quotaOctets?: number | undefined;
  /** Number of all messages. Default: no limit. */
  readonly quotaMessages?: number | undefined;
}

/** What an account is made of: time and chance, its limits, and UIDVALIDITY for its next folder. */
export interface MemoryAccountParts {
  readonly reactor: Pick<Reactor, "clock" | "random">;
  readonly limits: MemoryMailLimits;
  readonly nextUidValidity: () => number;
  readonly memo: MailMemoRoom;
}

/** The mail of one user in memory: everybody who opens it gets this. */
export class MemoryAccount implements MailAccount {
  readonly #parts: MemoryAccountParts;
  readonly #folders = new Map<string, MemoryFolderState>();
  readonly #subscribed = new Set<string>();
  readonly #listeners = new Listeners<void>("MailAccount.onFoldersChange");

  constructor(parts: MemoryAccountParts) {
    this.#parts = parts;
    this.#add(inbox, undefined);
    this.#subscribed.add(inbox);
  }

  async folders(): Promise<readonly MailFolderInfo[]> {
    const above = [...this.#folders.keys()].flatMap(namesAbove);
    const names = new Set([...this.#folders.keys(), ...above]);
    const there = [...names].map((name) => {
      const folder = this.#folders.get(name);
      const use = folder?.use === undefined ? {} : { use: folder.use };
      return { name, selectable: folder !== undefined, subscribed: this.#subscribed.has(name), ...use };
    });
    return [...there, ...missingFolders(this.#subscribed, names)];
  }

  async open(name: string, { readOnly = false }: OpenFolderOptions = {}): Promise<MailFolder> {
    return new MemoryFolder(this.#folder(name), readOnly);
  }

  async status(name: string): Promise<MailFolderStatus> {
    return this.#folder(name).index.status;
  }

  async create(text: string, { use }: { readonly use?: MailFolderUse | undefined } = {}): Promise<void> {
    const name = folderName(text);
    if (this.#folders.has(name))
      throw new MailStoreError("folder-exists", `Cannot make the folder ${quote(name)}: there is one`);
    if (this.#folders.size >= mailFoldersMax)
      throw new MailStoreError("too-many", `Cannot make the folder ${quote(name)}: there are ${mailFoldersMax}`);
    for (const above of namesAbove(name)) if (!this.#folders.has(above)) this.#add(above, undefined);
    this.#add(name, use);
    this.#listeners.tell();
  }

  async delete(text: string): Promise<void> {
    const folder = this.#folder(text);
    if (folder.name === inbox) throw new MailStoreError("not-allowed", "Cannot delete INBOX");
    this.#folders.delete(folder.name);
    folder.tell({ type: "gone" });
    this.#listeners.tell();
  }

  async rename(from: string, to: string): Promise<void> {
    const names = renamedNames(from, to, [...this.#folders.keys()]);
    if (folderName(from) === inbox) return this.#renameInbox(folderName(to));
    for (const above of namesAbove(folderName(to))) if (!this.#folders.has(above)) this.#add(above, undefined);
    for (const [before, after] of names) {
      const folder = this.#folders.get(before)!;
      this.#folders.delete(before);
      folder.name = after;
      this.#folders.set(after, folder);
    }
    this.#listeners.tell();
  }

  async subscribe(text: string, wanted: boolean): Promise<void> {
    const name = folderName(text);
    if (wanted && this.#subscribed.size >= mailFoldersMax)
      throw new MailStoreError("too-many", `Cannot subscribe to ${quote(name)}: there are too many subscriptions`);
    if (wanted) this.#subscribed.add(name);
    else this.#subscribed.delete(name);
  }

  async append(
    name: string,
    messages: AsyncIterable<NewMail> | Iterable<NewMail>,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<AppendedMail> {
    this.#folder(name);
    const read: MemoryMail[] = [];
    for await (const message of messages) read.push(await this.#read(message, options.signal));
    const folder = this.#folder(name); // it may have gone while the messages came
    this.#checkQuota(read.map(({ content }) => content.length));
    return { uidValidity: folder.index.uidValidity, uids: folder.add(read).map(({ uid }) => uid) };
  }

  async copy(from: MailFolder, uids: readonly number[], to: string): Promise<CopiedMail> {
    return this.#copy(this.#own(from), uids, this.#folder(to));
  }

  async move(from: MailFolder, uids: readonly number[], to: string): Promise<CopiedMail> {
    if (from.readOnly)
      throw new MailStoreError("read-only", "Cannot move messages: the folder is open to be read only");
    const copied = this.#copy(this.#own(from), uids, this.#folder(to), true);
    this.#own(from).expunge(copied.uids.map(([uid]) => uid));
    return copied;
  }

  async quota(): Promise<MailQuota> {
    const { quotaOctets, quotaMessages } = this.#parts.limits;
    const all = [...this.#folders.values()].map(({ index }) => index.status);
    return {
      octetsUsed: all.reduce((sum, { octets }) => sum + octets, 0),
      messagesUsed: all.reduce((sum, { messageCount }) => sum + messageCount, 0),
      ...(quotaOctets !== undefined && { octetsMax: quotaOctets }),
      ...(quotaMessages !== undefined && { messagesMax: quotaMessages }),
    };
  }

  onFoldersChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #renameInbox(to: string): Promise<void> {
    await this.create(to);
    const folder = this.#folder(inbox);
    const all = folder.index.messages.map(({ uid }) => uid);
    this.#copy(folder, all, this.#folder(to), true);
    folder.expunge(all);
  }

  #copy(from: MemoryFolderState, uids: readonly number[], to: MemoryFolderState, isMove = false): CopiedMail {
    const there = uids.map((uid) => from.index.find(uid)).filter((message) => message !== undefined);
    if (!isMove) this.#checkQuota(there.map(({ octets }) => octets));
    const copies = to.add(there.map((message) => this.#copyOf(from, message)));
    const pairs = there.map(({ uid }, i) => [uid, copies[i]!.uid] as const);
    return { uidValidity: to.index.uidValidity, uids: pairs };
  }

  #copyOf(from: MemoryFolderState, { uid, flags, receivedAt, id }: StoredMail): MemoryMail {
    return { content: from.contents.get(uid)!, flags, receivedAt, id };
  }

  async #read({ content, flags = [], receivedAt }: NewMail, signal: AbortSignal | undefined): Promise<MemoryMail> {
    const octetsMax = this.#parts.limits.mailOctetsMax ?? mailOctetsMaxDefault;
    const pieces: Uint8Array[] = [];
    let octets = 0;
    for await (const piece of content) {
      signal?.throwIfAborted();
      octets += piece.length;
      if (octets > octetsMax)
        throw new MailStoreError("too-large", `Cannot take the message: it has more than ${octetsMax} octets`);
      pieces.push(Uint8Array.from(piece));
    }
    signal?.throwIfAborted();
    const { clock } = this.#parts.reactor;
    return { content: Buffer.concat(pieces), flags, receivedAt: receivedAt ?? clock.wall(), id: this.#newId() };
  }

  #checkQuota(more: readonly number[]): void {
    const { quotaOctets = Number.POSITIVE_INFINITY, quotaMessages = Number.POSITIVE_INFINITY } = this.#parts.limits;
    const all = [...this.#folders.values()].map(({ index }) => index.status);
    const octets = [...all.map((one) => one.octets), ...more].reduce((sum, one) => sum + one, 0);
    const messages = all.reduce((sum, { messageCount }) => sum + messageCount, more.length);
    if (octets > quotaOctets || messages > quotaMessages)
      throw new MailStoreError("over-quota", "Cannot take the message: the mailbox is full");
  }

  #folder(text: string): MemoryFolderState {
    const folder = this.#folders.get(folderName(text));
    if (folder === undefined) throw new MailStoreError("no-folder", `Cannot find the folder ${quote(text)}`);
    return folder;
  }

  #own(folder: MailFolder): MemoryFolderState {
    if (folder instanceof MemoryFolder) return folder.state;
    throw new TypeError("Cannot copy from this folder: it is not of this store");
  }

  #add(name: string, use: MailFolderUse | undefined): void {
    this.#folders.set(
      name,
      new MemoryFolderState(name, use, this.#newId(), this.#parts.nextUidValidity(), this.#parts.memo.folder()),
    );
  }

  #newId(): string {
    return Buffer.from(this.#parts.reactor.random.bytes(15)).toString("base64url");
  }
}
