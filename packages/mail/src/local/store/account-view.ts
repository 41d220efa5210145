import type { MimePart } from "@hawser/mime";
import { Listeners } from "../../store/listeners.ts";
import type { MailMemo } from "../../store/memo.ts";
import { folderName } from "../../store/names.ts";
import type {
  AppendedMail,
  CopiedMail,
  FlagChange,
  FlagChangeResult,
  MailAccount,
  MailBeginning,
  MailFolder,
  MailFolderChange,
  MailFolderInfo,
  MailFolderStatus,
  NewMail,
  OpenFolderOptions,
  ReadManyMailOptions,
  StoredMail,
} from "../../store/store.ts";
import type { MailBook, MailBookChange, MailRecord } from "./book.ts";

const inbox = "INBOX";

/**
 * The account as somebody sees it who has logged in: its INBOX has the messages that were sent to one address, or all of them.
 * They are the same messages for everybody: what one reads or deletes is read or gone for all. Other folders are shared.
 */
export function accountOf(book: MailBook, user: string): MailAccount {
  const address = user.includes("@") ? user.toLowerCase() : undefined;
  return new MailAccountView(book, ({ summary }) => address === undefined || isFor(summary, address));
}

function isFor({ recipients }: MailRecord["summary"], address: string): boolean {
  return recipients.some((one) => one.toLowerCase() === address);
}

type Sees = (record: MailRecord) => boolean;

class MailAccountView implements MailAccount {
  readonly #book: MailBook;
  readonly #account: MailAccount;
  readonly #sees: Sees;

  constructor(book: MailBook, sees: Sees) {
    this.#book = book;
    this.#account = book.account;
    this.#sees = sees;
  }

  folders(): Promise<readonly MailFolderInfo[]> {
    return this.#account.folders();
  }

  async open(name: string, options?: OpenFolderOptions): Promise<MailFolder> {
    const folder = await this.#account.open(name, options);
    return folderName(name) === inbox ? new MailFolderView(this.#book, folder, this.#sees) : folder;
  }

  async status(name: string): Promise<MailFolderStatus> {
    if (folderName(name) !== inbox) return this.#account.status(name);
    await using folder = await this.open(name, { readOnly: true });
    return folder.status;
  }

  create(name: string, options?: Parameters<MailAccount["create"]>[1]): Promise<void> {
    return this.#account.create(name, options);
  }

  delete(name: string): Promise<void> {
    return this.#account.delete(name);
  }

  rename(from: string, to: string): Promise<void> {
    return this.#account.rename(from, to);
  }

  subscribe(name: string, wanted: boolean): Promise<void> {
    return this.#account.subscribe(name, wanted);
  }

  append(
    name: string,
    messages: AsyncIterable<NewMail> | Iterable<NewMail>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<AppendedMail> {
    return this.#account.append(name, messages, options);
  }

  copy(from: MailFolder, uids: readonly number[], to: string): Promise<CopiedMail> {
    return this.#account.copy(...seenIn(from, uids), to);
  }

  move(from: MailFolder, uids: readonly number[], to: string): Promise<CopiedMail> {
    return this.#account.move(...seenIn(from, uids), to);
  }

  onFoldersChange(listener: () => void): () => void {
    return this.#account.onFoldersChange(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function seenIn(folder: MailFolder, uids: readonly number[]): [MailFolder, readonly number[]] {
  return folder instanceof MailFolderView ? [folder.inner, folder.seen(uids)] : [folder, uids];
}

/** The INBOX as one sees it. A message is there as soon as the book knows whom it is for. */
class MailFolderView implements MailFolder {
  readonly inner: MailFolder;
  readonly #book: MailBook;
  readonly #sees: Sees;
  readonly #listeners = new Listeners<MailFolderChange>("MailFolder.onChange");
  readonly #stop: () => void;
  #messages: readonly StoredMail[] | undefined;

  constructor(book: MailBook, inner: MailFolder, sees: Sees) {
    this.#book = book;
    this.inner = inner;
    this.#sees = sees;
    this.#stop = book.onChange((change) => this.#hear(change));
  }

  get name(): string {
    return this.inner.name;
  }

  get readOnly(): boolean {
    return this.inner.readOnly;
  }

  get messages(): readonly StoredMail[] {
    this.#messages ??= this.#book.records.filter(this.#sees).map(({ stored }) => stored);
    return this.#messages;
  }

  get keywords(): readonly string[] {
    return this.inner.keywords;
  }

  get recentFrom(): number {
    return this.inner.recentFrom;
  }

  get memo(): MailMemo {
    return this.inner.memo;
  }

  get status(): MailFolderStatus {
    const { messages, recentFrom } = this;
    const without = (flag: string) => messages.filter(({ flags }) => !flags.has(flag)).length;
    return {
      ...this.inner.status,
      messageCount: messages.length,
      unseenCount: without("\\Seen"),
      deletedCount: messages.length - without("\\Deleted"),
      recentCount: messages.filter(({ uid }) => uid >= recentFrom).length,
      octets: messages.reduce((sum, { octets }) => sum + octets, 0),
    };
  }

  takeRecent(): void {
    this.inner.takeRecent();
  }

  readMany(uids: readonly number[], options: ReadManyMailOptions): AsyncIterable<readonly MailBeginning[]> {
    return this.inner.readMany(uids, options);
  }

  read(uid: number, range?: Parameters<MailFolder["read"]>[1]): AsyncIterable<Uint8Array> {
    return this.inner.read(uid, range);
  }

  structure(uid: number): Promise<MimePart> {
    return this.inner.structure(uid);
  }

  changeFlags(uids: readonly number[], change: FlagChange): Promise<FlagChangeResult> {
    return this.inner.changeFlags(this.seen(uids), change);
  }

  expunge(uids: readonly number[]): Promise<readonly number[]> {
    return this.inner.expunge(this.seen(uids));
  }

  expungedSince(modSeq: number): readonly number[] | undefined {
    return this.inner.expungedSince(modSeq);
  }

  poll(): Promise<void> {
    return this.inner.poll();
  }

  onChange(listener: (change: MailFolderChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.inner[Symbol.asyncDispose]();
  }

  /** Of these, the messages that are there for this one. */
  seen(uids: readonly number[]): readonly number[] {
    return uids.filter((uid) => {
      const record = this.#book.find(uid);
      return record !== undefined && this.#sees(record);
    });
  }

  #hear({ change, records }: MailBookChange): void {
    this.#messages = undefined;
    const seen = records.filter(this.#sees).map(({ stored }) => stored);
    if (change.type === "gone") this.#listeners.tell(change);
    else if (seen.length === 0) return;
    else if (change.type === "expunged")
      this.#listeners.tell({ type: "expunged", uids: seen.map(({ uid }) => uid), modSeq: change.modSeq });
    else this.#listeners.tell({ type: change.type, messages: seen });
  }
}
