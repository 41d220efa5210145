import type { MailAccount, MailFolder, StoredMail } from "../store/store.ts";
import { Pop3ReplyError } from "./errors.ts";
import { ReadAhead } from "./read-ahead.ts";

/**
 * A maildrop as it was when the session began: POP3 numbers its messages from 1, and they keep their numbers whatever others
 * do to the folder (RFC 1939 §4).
 */
export class Pop3Maildrop implements AsyncDisposable {
  readonly messages: readonly StoredMail[];
  readonly #account: MailAccount;
  readonly #folder: MailFolder;
  readonly #uidValidity: number;
  readonly #deleted = new Set<number>();
  readonly #octets: number;
  readonly #ahead: ReadAhead;

  private constructor(account: MailAccount, folder: MailFolder) {
    this.#account = account;
    this.#folder = folder;
    this.messages = folder.messages;
    this.#octets = folder.messages.reduce((sum, { octets }) => sum + octets, 0);
    this.#ahead = new ReadAhead(folder, this.messages);
    this.#uidValidity = folder.status.uidValidity;
  }

  /** Opens and locks it. @throws {Pop3ReplyError} `IN-USE` while another session has it (RFC 1939 §4) */
  static async open(account: MailAccount): Promise<Pop3Maildrop> {
    if (locked.has(account)) throw new Pop3ReplyError("Another session has the maildrop", "IN-USE");
    locked.add(account);
    try {
      const folder = await account.open("INBOX");
      await folder.poll();
      return new Pop3Maildrop(account, folder);
    } catch (error) {
      locked.delete(account);
      throw error;
    }
  }

  /** The messages that are not marked to be deleted, with their numbers. */
  *present(): Generator<readonly [number: number, message: StoredMail], void> {
    for (const [i, message] of this.messages.entries()) if (!this.#deleted.has(i + 1)) yield [i + 1, message];
  }

  /** How many those are, and their octets. */
  get totals(): { readonly count: number; readonly octets: number } {
    let octets = this.#octets;
    for (const number of this.#deleted) octets -= this.messages[number - 1]!.octets;
    return { count: this.messages.length - this.#deleted.size, octets };
  }

  /** A message by its number. @throws {Pop3ReplyError} when there is none, or it is marked to be deleted */
  message(number: number): StoredMail {
    const message = this.messages[number - 1];
    if (message === undefined) throw new Pop3ReplyError(`There is no message ${number}`);
    if (this.#deleted.has(number)) throw new Pop3ReplyError(`Message ${number} is deleted already`);
    return message;
  }

  /** What names a message in all sessions (RFC 1939 §7). */
  uniqueId({ uid }: StoredMail): string {
    return `${this.#uidValidity}.${uid}`;
  }

  /** The octets of a message. */
  async *read(number: number): AsyncGenerator<Uint8Array, void> {
    const { uid } = this.message(number);
    const read = await this.#ahead.read(number);
    if (read === undefined) yield* this.#folder.read(uid);
    else yield read;
  }

  /** Marks a message: it goes when the session ends well. */
  delete(number: number): void {
    this.message(number);
    this.#deleted.add(number);
  }

  /** Takes all marks back. */
  reset(): void {
    this.#deleted.clear();
  }

  /** Removes what is marked. Gives how many went. @throws {MailStoreError} */
  async update(): Promise<number> {
    const uids = [...this.#deleted].map((number) => this.messages[number - 1]!.uid);
    this.#deleted.clear();
    return uids.length === 0 ? 0 : (await this.#folder.expunge(uids)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    locked.delete(this.#account);
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** Accounts whose maildrop a session of this process has. */
const locked = new WeakSet<MailAccount>();
