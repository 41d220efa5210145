import { reportFault } from "@hawser/core";
import { MailStoreError } from "../../store/errors.ts";
import { Listeners } from "../../store/listeners.ts";
import type { MailAccount, MailFolder, MailFolderChange, StoredMail } from "../../store/store.ts";
import type { MailComplaint } from "../complaints/complaint.ts";
import { complaintsAbout } from "../complaints/complaints.ts";
import type { MailLocalEnvelope, MailLocalSummary } from "../message.ts";
import type { MailLocalIndexed } from "../query.ts";
import { summaryOf } from "../reading.ts";

/** How much a book keeps; the oldest messages go. */
export interface MailBookLimits {
  readonly messagesMax: number;
  readonly octetsMax: number;
}

/** How a message came, as far as its octets do not tell. */
export interface MailArrival {
  readonly envelope: MailLocalEnvelope;
  readonly complaints: readonly MailComplaint[];
  readonly isRefused: boolean;
  /** What was said until now: it goes on. */
  conversation(): readonly string[];
}

/** A message in the book. Another takes its place when its flags change. */
export interface MailRecord extends MailLocalIndexed {
  readonly stored: StoredMail;
  readonly complaints: readonly MailComplaint[];
  /** Absent for what was put here by IMAP, or was here already. */
  readonly arrival: MailArrival | undefined;
}

/** What happened, and to which messages: of those that went, what they were. */
export interface MailBookChange {
  readonly change: MailFolderChange;
  readonly records: readonly MailRecord[];
}

const inbox = "INBOX";

/**
 * What is known of every message in the one INBOX that all mail goes to: the page, the API, POP3 and IMAP see what is in here,
 * and hear of it from here. The octets are in the account; messages that come by another way (IMAP's APPEND) get in as well.
 */
export class MailBook {
  readonly account: MailAccount;
  readonly #folder: MailFolder;
  readonly #limits: MailBookLimits;
  readonly #records = new Map<number, MailRecord>();
  readonly #listeners = new Listeners<MailBookChange>("MailLocal.onChange");
  /** In the folder, and not yet in the book. */
  readonly #unknown = new Map<number, StoredMail>();
  #delivering = 0;
  #octets = 0;

  private constructor(account: MailAccount, folder: MailFolder, limits: MailBookLimits) {
    this.account = account;
    this.#folder = folder;
    this.#limits = limits;
  }

  /** Opens the INBOX of an account, and reads what is in it. */
  static async open(account: MailAccount, limits: MailBookLimits): Promise<MailBook> {
    const folder = await account.open(inbox);
    const book = new MailBook(account, folder, limits);
    folder.onChange((change) => book.#hear(change));
    for (const stored of folder.messages) book.#unknown.set(stored.uid, stored);
    await book.#adopt();
    return book;
  }

  /** By ascending id. */
  get records(): readonly MailRecord[] {
    return [...this.#records.values()].sort((a, b) => a.stored.uid - b.stored.uid);
  }

  find(id: number): MailRecord | undefined {
    return this.#records.get(id);
  }

  /** Hears of every change, after it. Returns what ends it. */
  onChange(listener: (change: MailBookChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Keeps a message that came by SMTP. */
  async deliver(octets: Uint8Array, arrival: MailArrival): Promise<MailLocalSummary> {
    this.#delivering++;
    try {
      const { uids } = await this.account.append(inbox, [{ content: [octets] }]);
      const stored = await this.#claim(uids[0]!);
      const record = this.#enter(stored, octets, arrival);
      await this.#makeRoom();
      return record.summary;
    } finally {
      if (--this.#delivering === 0 && this.#unknown.size > 0)
        void this.#adopt().catch((error) => reportFault(error, "mailLocal"));
    }
  }

  /** The octets of a message. @throws {MailStoreError} `no-message` when it is gone */
  async read(id: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.#folder.read(id)) pieces.push(piece);
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  /** Removes messages for good. @returns how many were there */
  async remove(ids: readonly number[]): Promise<number> {
    return (await this.#folder.expunge(ids)).length;
  }

  async setRead(ids: readonly number[], isRead: boolean): Promise<void> {
    await this.#folder.changeFlags(ids, { operation: isRead ? "add" : "remove", flags: ["\\Seen"] });
  }

  async close(): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }

  /** A store may tell of what was added only when it is asked. @throws {MailStoreError} `no-message` when it is gone again */
  async #claim(uid: number): Promise<StoredMail> {
    if (!this.#unknown.has(uid)) await this.#folder.poll();
    const stored = this.#unknown.get(uid);
    if (stored === undefined) throw new MailStoreError("no-message", `Cannot keep message ${uid}: it is gone`);
    this.#unknown.delete(uid);
    return stored;
  }

  #hear(change: MailFolderChange): void {
    switch (change.type) {
      case "added":
        for (const stored of change.messages) this.#unknown.set(stored.uid, stored);
        if (this.#delivering === 0) void this.#adopt().catch((error) => reportFault(error, "mailLocal"));
        return;
      case "flags":
        return this.#flagsChanged(change.messages);
      case "expunged":
        return this.#expunged(change);
      default:
        return this.#listeners.tell({ change, records: [] });
    }
  }

  #flagsChanged(messages: readonly StoredMail[]): void {
    const records: MailRecord[] = [];
    for (const stored of messages) {
      const known = this.#records.get(stored.uid);
      if (known === undefined) continue;
      const record = { ...known, stored, summary: { ...known.summary, isRead: stored.flags.has("\\Seen") } };
      this.#records.set(stored.uid, record);
      records.push(record);
    }
    if (records.length > 0) this.#listeners.tell({ change: { type: "flags", messages }, records });
  }

  #expunged(change: MailFolderChange & { readonly type: "expunged" }): void {
    const records: MailRecord[] = [];
    for (const uid of change.uids) {
      this.#unknown.delete(uid);
      const record = this.#records.get(uid);
      if (record === undefined) continue;
      this.#records.delete(uid);
      this.#octets -= record.stored.octets;
      records.push(record);
    }
    if (records.length > 0) this.#listeners.tell({ change, records });
  }

  /** Takes in what came by another way than {@link deliver}. */
  async #adopt(): Promise<void> {
    for (const stored of [...this.#unknown.values()]) {
      const octets = await this.read(stored.uid).catch(() => undefined); // it went meanwhile
      if (!this.#unknown.delete(stored.uid) || octets === undefined) continue;
      this.#enter(stored, octets, undefined);
    }
    await this.#makeRoom();
  }

  #enter(stored: StoredMail, octets: Uint8Array, arrival: MailArrival | undefined): MailRecord {
    const complaints = arrival?.complaints ?? complaintsAbout(octets);
    const facts = {
      ...{ id: stored.uid, receivedAt: stored.receivedAt, isRead: stored.flags.has("\\Seen") },
      isRefused: arrival?.isRefused ?? false,
      complaintCount: complaints.filter(({ level }) => level !== "advice").length,
      envelope: arrival?.envelope,
    };
    const record = { ...summaryOf(octets, facts), stored, arrival, complaints };
    this.#records.set(stored.uid, record);
    this.#octets += stored.octets;
    this.#listeners.tell({ change: { type: "added", messages: [stored] }, records: [record] });
    return record;
  }

  /** Those that came first go first. */
  async #makeRoom(): Promise<void> {
    const { messagesMax, octetsMax } = this.#limits;
    const going: number[] = [];
    let count = this.#records.size;
    let octets = this.#octets;
    for (const { stored } of this.#records.values()) {
      if (count <= messagesMax && octets <= octetsMax) break;
      going.push(stored.uid);
      count--;
      octets -= stored.octets;
    }
    if (going.length > 0) await this.#folder.expunge(going);
  }
}
