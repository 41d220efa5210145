import { FileError, type OpenFile } from "@hawser/core";
import { type MimePart, MimeTreeReader } from "@hawser/mime";
import { MailStoreError } from "../errors.ts";
import type { MailMemo } from "../memo.ts";
import type {
  FlagChange,
  FlagChangeResult,
  MailBeginning,
  MailFolder,
  MailFolderChange,
  MailFolderStatus,
  ReadManyMailOptions,
  StoredMail,
} from "../store.ts";
import type { MaildirAccount } from "./account.ts";
import { type ContentPlace, readContent } from "./content.ts";
import type { MaildirFolderState } from "./folder-state.ts";
import { structuresKeptMax } from "./limits.ts";
import { readManyFiles } from "./read-many.ts";

/** One who has a folder of a Maildir open. */
export class MaildirFolder implements MailFolder {
  readonly readOnly: boolean;
  /** @internal */
  readonly state: MaildirFolderState;
  readonly #account: MaildirAccount;
  readonly #stops = new Set<() => void>();
  /** Where reading of a message came to: clients fetch large ones in pieces. */
  #resume: { readonly uid: number; readonly place: ContentPlace } | undefined;
  #isOpen = true;

  constructor(account: MaildirAccount, state: MaildirFolderState, readOnly: boolean) {
    this.#account = account;
    this.state = state;
    this.readOnly = readOnly;
    state.openCount++;
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

  /** Written down by whoever takes the folder's lock next: if nobody does, they are new once more. */
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
    { start = 0, end = Number.POSITIVE_INFINITY }: { readonly start?: number; readonly end?: number } = {},
  ): AsyncGenerator<Uint8Array> {
    const { octets } = this.#message(uid);
    const file = await this.#open(uid);
    const resume = this.#resume?.uid === uid && this.#resume.place.mail <= start ? this.#resume.place : undefined;
    const onEnd = (place: ContentPlace): void => {
      this.#resume = { uid, place };
    };
    try {
      const sizes = { file: (await file.stat()).octets, mail: octets };
      yield* readContent(file, sizes, { start, end: Math.min(end, octets), from: resume, onEnd });
    } finally {
      await file.close();
    }
  }

  readMany(uids: readonly number[], options: ReadManyMailOptions): AsyncIterable<readonly MailBeginning[]> {
    return readManyFiles({ tree: this.#account.tree, state: this.state, folder: this }, uids, options);
  }

  async structure(uid: number): Promise<MimePart> {
    const { structures } = this.state;
    const known = structures.get(uid);
    if (known !== undefined) return known;
    const reader = new MimeTreeReader();
    for await (const piece of this.read(uid)) reader.receive(piece);
    const tree = reader.end();
    structures.set(uid, tree);
    if (structures.size > structuresKeptMax) structures.delete(structures.keys().next().value!);
    return tree;
  }

  async changeFlags(uids: readonly number[], change: FlagChange): Promise<FlagChangeResult> {
    this.#mayChange();
    return this.state.locked(() => this.state.changeFlags(uids, change));
  }

  async expunge(uids: readonly number[]): Promise<readonly number[]> {
    this.#mayChange();
    return this.#account.expunge(this.state, uids);
  }

  expungedSince(modSeq: number): readonly number[] | undefined {
    return this.state.index.expungedSince(modSeq);
  }

  poll(): Promise<void> {
    return this.state.poll();
  }

  /** Also what others do is told, as long as somebody listens: the directories are looked at again and again. */
  onChange(listener: (change: MailFolderChange) => void): () => void {
    const ends = [this.state.listeners.add(listener), this.#account.watch(this.state)];
    const stop = (): void => {
      for (const end of ends.splice(0)) end();
      this.#stops.delete(stop);
    };
    this.#stops.add(stop);
    return stop;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of [...this.#stops]) stop();
    if (this.#isOpen) this.state.openCount--;
    this.#isOpen = false;
  }

  /** Others may have given the file another name since it was seen: then it is looked for. */
  async #open(uid: number): Promise<OpenFile> {
    for (let attempt = 0; ; attempt++) {
      const file = this.state.fileOf(uid);
      if (file === undefined) throw gone(uid);
      try {
        return await this.#account.tree.open(file.path);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        if (error.code !== "not-found" || attempt >= 2)
          throw new MailStoreError("unavailable", `Cannot read message ${uid}: ${error.message}`, { cause: error });
      }
      await this.state.locked(() => this.state.lookAgain());
    }
  }

  #message(uid: number): StoredMail {
    const message = this.state.index.find(uid);
    if (message === undefined) throw gone(uid);
    return message;
  }

  #mayChange(): void {
    if (this.readOnly) throw new MailStoreError("read-only", "Cannot change the folder: it is open to be read only");
  }
}

function gone(uid: number): MailStoreError {
  return new MailStoreError("no-message", `Cannot read message ${uid}: it is gone`);
}
