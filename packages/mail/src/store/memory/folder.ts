import { type MimePart, readMimeTree } from "@hawser/mime";
import { MailStoreError } from "../errors.ts";
import { FolderIndex } from "../folder-index.ts";
import { headerEnd } from "../header-end.ts";
import { Listeners } from "../listeners.ts";
import type { MailMemo } from "../memo.ts";
import type {
  FlagChange,
  FlagChangeResult,
  MailBeginning,
  MailFolder,
  MailFolderChange,
  MailFolderStatus,
  MailFolderUse,
  ReadManyMailOptions,
  StoredMail,
} from "../store.ts";

/** A message and its octets. */
export interface MemoryMail {
  readonly content: Buffer;
  readonly flags: Iterable<string>;
  readonly receivedAt: number;
  readonly id: string;
}

/** A folder in memory, which all who have it open share. */
export class MemoryFolderState {
  name: string;
  readonly use: MailFolderUse | undefined;
  readonly index: FolderIndex;
  readonly contents: Map<number, Buffer> = new Map();
  readonly structures: Map<number, MimePart> = new Map();
  readonly memo: MailMemo;
  readonly listeners: Listeners<MailFolderChange> = new Listeners("MailFolder.onChange");
  /** It was deleted; some may have it open still. */
  isGone = false;

  constructor(name: string, use: MailFolderUse | undefined, id: string, uidValidity: number, memo: MailMemo) {
    this.name = name;
    this.memo = memo;
    this.use = use;
    this.index = new FolderIndex({ id, uidValidity, uidNext: 1, highestModSeq: 1, messages: [] });
  }

  add(messages: readonly MemoryMail[]): readonly StoredMail[] {
    const change = this.index.add(messages.map(({ content, ...rest }) => ({ ...rest, octets: content.length })));
    for (const [i, { uid }] of change.messages.entries()) this.contents.set(uid, messages[i]!.content);
    if (messages.length > 0) this.tell(change);
    return change.messages;
  }

  changeFlags(uids: readonly number[], change: FlagChange): FlagChangeResult {
    const { messages, modified, changed } = this.index.changeFlags(uids, change);
    if (changed.length > 0) this.tell({ type: "flags", messages: changed });
    return { messages, modified };
  }

  expunge(uids: readonly number[]): readonly number[] {
    const change = this.index.expunge(uids);
    if (change === undefined) return [];
    for (const uid of change.uids) {
      this.contents.delete(uid);
      this.structures.delete(uid);
    }
    this.tell(change);
    return change.uids;
  }

  tell(change: MailFolderChange): void {
    this.isGone ||= change.type === "gone";
    this.listeners.tell(change);
  }
}

/** How much is given at once. */
const pieceOctets = 65_536;

/** How many messages are given at once. */
const manyMessages = 128;

/** One who has a folder open. */
export class MemoryFolder implements MailFolder {
  readonly readOnly: boolean;
  /** @internal */
  readonly state: MemoryFolderState;
  readonly #stops = new Set<() => void>();

  constructor(state: MemoryFolderState, readOnly: boolean) {
    this.state = state;
    this.readOnly = readOnly;
  }

  get name(): string {
    return this.state.name;
  }

  get status(): MailFolderStatus {
    return this.state.index.status;
  }

  get messages(): readonly StoredMail[] {
    return this.state.index.messages;
  }

  get recentFrom(): number {
    return this.state.index.recentFrom;
  }

  takeRecent(): void {
    if (!this.readOnly) this.state.index.tellRecent(this.state.index.uidNext);
  }

  get memo(): MailMemo {
    return this.state.memo;
  }

  get keywords(): readonly string[] {
    return this.state.index.keywords;
  }

  async *read(
    uid: number,
    { start = 0, end }: { readonly start?: number; readonly end?: number } = {},
  ): AsyncGenerator<Uint8Array> {
    const content = this.#content(uid).subarray(start, end);
    for (let at = 0; at < content.length; at += pieceOctets) yield content.subarray(at, at + pieceOctets);
  }

  async *readMany(
    uids: readonly number[],
    { octetsMax, headerOnly = false }: ReadManyMailOptions,
  ): AsyncGenerator<readonly MailBeginning[]> {
    const beginning = (uid: number): readonly MailBeginning[] => {
      const content = this.state.contents.get(uid);
      if (content === undefined) return [];
      const read = content.subarray(0, octetsMax);
      const octets = headerOnly ? read.subarray(0, headerEnd(read)) : read;
      return [{ uid, octets, isWhole: octets.length === content.length }];
    };
    for (let at = 0; at < uids.length; at += manyMessages) yield uids.slice(at, at + manyMessages).flatMap(beginning);
  }

  async structure(uid: number): Promise<MimePart> {
    const tree = this.state.structures.get(uid) ?? readMimeTree(this.#content(uid));
    this.state.structures.set(uid, tree);
    return tree;
  }

  async changeFlags(uids: readonly number[], change: FlagChange): Promise<FlagChangeResult> {
    this.#mayChange();
    return this.state.changeFlags(uids, change);
  }

  async expunge(uids: readonly number[]): Promise<readonly number[]> {
    this.#mayChange();
    return this.state.expunge(uids);
  }

  expungedSince(modSeq: number): readonly number[] | undefined {
    return this.state.index.expungedSince(modSeq);
  }

  async poll(): Promise<void> {}

  onChange(listener: (change: MailFolderChange) => void): () => void {
    const stop = this.state.listeners.add(listener);
    this.#stops.add(stop);
    return () => {
      stop();
      this.#stops.delete(stop);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#stops.clear();
  }

  #content(uid: number): Buffer {
    const content = this.state.contents.get(uid);
    if (content === undefined) throw new MailStoreError("no-message", `Cannot read message ${uid}: it is gone`);
    return content;
  }

  #mayChange(): void {
    if (this.readOnly) throw new MailStoreError("read-only", "Cannot change the folder: it is open to be read only");
    if (this.state.isGone) throw new MailStoreError("no-folder", "Cannot change the folder: it was deleted");
  }
}
