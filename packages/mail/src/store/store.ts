import type { MimePart } from "@hawser/mime";
import type { MailMemo } from "./memo.ts";

/**
 * The mail of one user, as IMAP, POP3, delivery and pages see it: folders with messages in them. A store (Maildir, memory,
 * one day SQL) gives accounts; everybody who has one open sees the same, and hears of what others do.
 *
 * Names of folders are paths of text: levels are parted by `/`, and `INBOX` is there always, in any case of letters. What
 * a method of a capability does that a store has not, is absent.
 */
export interface MailAccount extends AsyncDisposable {
  /** Every folder, and every other name that the user has subscribed to, in no order that matters. */
  folders(): Promise<readonly MailFolderInfo[]>;
  /** Opens a folder to be read and changed. @throws {MailStoreError} `no-folder` */
  open(name: string, options?: OpenFolderOptions): Promise<MailFolder>;
  /** What is known of a folder without opening it. @throws {MailStoreError} `no-folder` */
  status(name: string): Promise<MailFolderStatus>;
  /** Makes a folder, and those above it that are missing. @throws {MailStoreError} `folder-exists`, `bad-name`, `too-many` */
  create(name: string, options?: { readonly use?: MailFolderUse | undefined }): Promise<void>;
  /** Removes a folder with its messages; those below it stay. @throws {MailStoreError} `no-folder`, `not-allowed` */
  delete(name: string): Promise<void>;
  /** Gives a folder, and those below it, another name. Renaming `INBOX` moves its messages (RFC 9051 §6.3.6). @throws {MailStoreError} */
  rename(from: string, to: string): Promise<void>;
  /** Whether the user wants to see a folder; there need be none of that name (RFC 9051 §6.3.7). */
  subscribe(name: string, wanted: boolean): Promise<void>;
  /**
   * Adds messages to a folder, all of them or none (RFC 3502). Their octets are on the disk, where there is one, before this
   * resolves. Each content is read to its end before the next message is asked for, as they come over a connection in turn.
   * @throws {MailStoreError} `no-folder`, `over-quota`, `too-large`
   */
  append(
    name: string,
    messages: AsyncIterable<NewMail> | Iterable<NewMail>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<AppendedMail>;
  /** Copies messages to another folder with their flags and dates, all or none. @throws {MailStoreError} */
  copy(from: MailFolder, uids: readonly number[], to: string): Promise<CopiedMail>;
  /** Moves them: nobody sees a message in both folders, or in none, for good (RFC 6851 §3.3). @throws {MailStoreError} */
  move(from: MailFolder, uids: readonly number[], to: string): Promise<CopiedMail>;
  /** Absent: there are no limits. */
  quota?(): Promise<MailQuota>;
  /** Calls `listener` whenever folders come, go, or change their names. Returns what ends it. */
  onFoldersChange(listener: () => void): () => void;
}

/** What a folder is for (RFC 6154 §2). */
export type MailFolderUse = "all" | "archive" | "drafts" | "flagged" | "junk" | "sent" | "trash";

/** A folder in a list. */
export interface MailFolderInfo {
  readonly name: string;
  /** False for a name that only has folders below it. */
  readonly selectable: boolean;
  readonly subscribed: boolean;
  readonly use?: MailFolderUse | undefined;
  /** There is no such folder, nor one below it: the user has only subscribed to the name. Default false. */
  readonly isMissing?: boolean | undefined;
}

/** What is known of a folder from outside (RFC 9051 §6.3.11). */
export interface MailFolderStatus {
  /** Never changes while the folder keeps its name, contents and other names (RFC 8474 §4). */
  readonly id: string;
  /** 1 to 4,294,967,295. When it changes, all UIDs mean something else (RFC 9051 §2.3.1.1). */
  readonly uidValidity: number;
  /** The next message gets this UID, or a larger one. */
  readonly uidNext: number;
  /** The largest mod-sequence of anything that changed here (RFC 7162 §3.1.2.1). From 1 to 2^63 - 1; numbers hold it up to 2^53. */
  readonly highestModSeq: number;
  readonly messageCount: number;
  readonly unseenCount: number;
  readonly deletedCount: number;
  /** Of which nobody was told yet that they are new, see {@link MailFolder.takeRecent}. */
  readonly recentCount: number;
  /** Octets of all messages, lines ending with CRLF (RFC 8438). */
  readonly octets: number;
}

/** How a folder is opened. */
export interface OpenFolderOptions {
  /** Nothing may be changed (EXAMINE). Default false. */
  readonly readOnly?: boolean | undefined;
}

/** `\Seen`, `\Answered`, `\Flagged`, `\Deleted`, `\Draft`, or a keyword such as `$Forwarded`: compared without case. */
export type MailFlag = string;

/** A message in a folder. Immutable: when its flags change, another object takes its place. */
export interface StoredMail {
  /** Ascending, never used again while UIDVALIDITY stays. */
  readonly uid: number;
  readonly flags: ReadonlySet<MailFlag>;
  /** Larger after every change of the flags (RFC 7162 §3.1). */
  readonly modSeq: number;
  /** Milliseconds since 1970: when it came (INTERNALDATE). */
  readonly receivedAt: number;
  /** Octets, lines ending with CRLF (RFC822.SIZE). */
  readonly octets: number;
  /** The same for all copies of a message, and for no other (EMAILID, RFC 8474 §5.1). */
  readonly id: string;
}

/** An open folder. What others do shows in {@link messages} and is told to listeners, at the latest when {@link poll} resolves. */
export interface MailFolder extends AsyncDisposable {
  readonly name: string;
  readonly readOnly: boolean;
  readonly status: MailFolderStatus;
  /** As they are now, by ascending UID. The array that is given is never changed: after a change there is another. */
  readonly messages: readonly StoredMail[];
  /** The keywords that messages here have, or had. */
  readonly keywords: readonly string[];
  /** Messages with this UID, or a larger one, are new: nobody was told of them (`\\Recent`, RFC 3501 §2.3.2). */
  readonly recentFrom: number;
  /** From now on somebody was told that they are new. Where the folder is open to be read only nothing happens. */
  takeRecent(): void;
  /** Room for what others work out of messages, shared by all who have the folder open. */
  readonly memo: MailMemo;
  /** The octets of a message, lines ending with CRLF, from `start` to before `end`. @throws {MailStoreError} `no-message` when it is gone */
  read(
    uid: number,
    range?: { readonly start?: number | undefined; readonly end?: number | undefined },
  ): AsyncIterable<Uint8Array>;
  /**
   * The beginnings of many messages, a few at a time, in the order asked for: what costs little where each alone costs much.
   * Those that are gone are left out. The next ones are read while these are looked at.
   */
  readMany(uids: readonly number[], options: ReadManyMailOptions): AsyncIterable<readonly MailBeginning[]>;
  /** Its parts by their octets, kept for the next time. @throws {MailStoreError} `no-message` */
  structure(uid: number): Promise<MimePart>;
  /** Changes flags. Messages that are gone are passed over. @throws {MailStoreError} `read-only` */
  changeFlags(uids: readonly number[], change: FlagChange): Promise<FlagChangeResult>;
  /** Removes messages for good. Gives the UIDs of those that were there. @throws {MailStoreError} `read-only` */
  expunge(uids: readonly number[]): Promise<readonly number[]>;
  /** UIDs that went since a mod-sequence (RFC 7162 §3.2.5); `undefined`: that is too long ago to tell. */
  expungedSince(modSeq: number): readonly number[] | undefined;
  /** Looks whether others have delivered or changed something, where nobody tells. */
  poll(): Promise<void>;
  /** Calls `listener` after every change, whoever made it, those made here included. Returns what ends it. */
  onChange(listener: (change: MailFolderChange) => void): () => void;
}

/** What is read of each of many messages. */
export interface ReadManyMailOptions {
  /** Of each message about so many octets, where it has more. Several are read at once: keep it below a megabyte. */
  readonly octetsMax: number;
  /** Lines may end as they are kept, with LF alone: enough for whoever looks for words, and quicker. Default false. */
  readonly anyLines?: boolean | undefined;
  /** Nothing behind the empty line that ends the header is given, where that lies within `octetsMax`. Default false. */
  readonly headerOnly?: boolean | undefined;
}

/** What a message begins with. */
export interface MailBeginning {
  readonly uid: number;
  readonly octets: Uint8Array;
  /** This is all of it. */
  readonly isWhole: boolean;
}

/** What happened in a folder. */
export type MailFolderChange =
  | { readonly type: "added"; readonly messages: readonly StoredMail[] }
  | { readonly type: "flags"; readonly messages: readonly StoredMail[] }
  | { readonly type: "expunged"; readonly uids: readonly number[]; readonly modSeq: number }
  /** It was deleted, or its UIDs mean something else from now on: nothing here can be relied upon. */
  | { readonly type: "gone" };

/** How flags are changed (RFC 9051 §6.4.6). */
export interface FlagChange {
  readonly operation: "add" | "remove" | "replace";
  readonly flags: Iterable<MailFlag>;
  /** Leaves messages alone that changed after this mod-sequence (RFC 7162 §3.1.3). */
  readonly unchangedSince?: number | undefined;
}

/** What became of it. */
export interface FlagChangeResult {
  /** As they are now, those included that were so already. */
  readonly messages: readonly StoredMail[];
  /** UIDs of those that were left alone because of `unchangedSince`. */
  readonly modified: readonly number[];
}

/** A message to be added. */
export interface NewMail {
  /** Its octets, lines ending with CRLF. */
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  readonly flags?: Iterable<MailFlag> | undefined;
  /** Milliseconds since 1970. Default: now. */
  readonly receivedAt?: number | undefined;
}

/** Where messages went (RFC 4315 §3). */
export interface AppendedMail {
  readonly uidValidity: number;
  /** In the order in which they were given. */
  readonly uids: readonly number[];
}

/** Where copies went: pairs of UIDs, here and there. Messages that were gone are left out. */
export interface CopiedMail {
  readonly uidValidity: number;
  readonly uids: readonly (readonly [from: number, to: number])[];
}

/** What a user has used, and may use (RFC 9208); absent limits are none. */
export interface MailQuota {
  readonly octetsUsed: number;
  readonly octetsMax?: number | undefined;
  readonly messagesUsed: number;
  readonly messagesMax?: number | undefined;
}

/** Where accounts are. */
export interface MailStore extends AsyncDisposable {
  /** Opens the account of a user, `alice@example.org`, and makes it when it is new. @throws {MailStoreError} `no-account` */
  account(user: string): Promise<MailAccount>;
}
