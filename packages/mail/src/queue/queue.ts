import type { SmtpContent, SmtpRecipientInit } from "../smtp/client/message.ts";
import type { SmtpReply } from "../smtp/wire/reply.ts";
import type { SmtpBody } from "../smtp/words.ts";

/** A message that somebody else shall get, and whose sender we owe an answer. */
export interface NewQueuedMail {
  /** Where reports go; empty for none (the null reverse-path). */
  readonly from: string;
  readonly to: readonly SmtpRecipientInit[];
  /** Its octets, lines ending with CRLF. */
  readonly content: SmtpContent;
  readonly body?: SmtpBody | undefined;
  /** The header is in UTF-8 (RFC 6531). */
  readonly utf8?: boolean | undefined;
  /** What a report shall bring back, and what it shall call the message (RFC 3461 §4.3, §4.4). */
  readonly ret?: "FULL" | "HDRS" | undefined;
  readonly envid?: string | undefined;
}

/** What has become of a message for one recipient so far. Whoever has been served, or given up, is gone from the list. */
export interface QueuedRecipient extends SmtpRecipientInit {
  /** How often somebody tried. */
  readonly attempts: number;
  /** The last answer or failure, in words for people. */
  readonly lastFailure?: string | undefined;
  /** Milliseconds since 1970: when somebody tries again. */
  readonly nextAttemptAt: number;
}

/** A message in the queue. */
export interface QueuedMail {
  readonly id: string;
  readonly from: string;
  readonly to: readonly QueuedRecipient[];
  readonly octets: number;
  /** Milliseconds since 1970. */
  readonly submittedAt: number;
  /** Somebody said that it shall wait until it is released. */
  readonly held: boolean;
  readonly body?: SmtpBody | undefined;
  readonly utf8?: boolean | undefined;
  readonly ret?: "FULL" | "HDRS" | undefined;
  readonly envid?: string | undefined;
}

/**
 * Mail that waits for its way. What {@link submit} has taken is never lost: it is delivered, or its sender hears why not
 * (RFC 5321 §4.5.4, §6.1).
 */
export interface MailQueue extends AsyncDisposable {
  /** Takes a message. It is on the disk, where there is one, when this resolves. @throws {MailQueueError} `too-large`, `full`, `closed` */
  submit(mail: NewQueuedMail, options?: { readonly signal?: AbortSignal | undefined }): Promise<QueuedMail>;
  /** Oldest first. */
  list(): Promise<readonly QueuedMail[]>;
  /** @throws {MailQueueError} `no-message` */
  get(id: string): Promise<QueuedMail>;
  /** The octets of a message. @throws {MailQueueError} `no-message` */
  read(id: string): AsyncIterable<Uint8Array>;
  /** Lets it wait until it is released. @throws {MailQueueError} `no-message` */
  hold(id: string): Promise<void>;
  /** @throws {MailQueueError} `no-message` */
  release(id: string): Promise<void>;
  /** Tries again now: one message, all for a domain, or everything that is not held. Gives how many messages. */
  flush(which?: { readonly id?: string | undefined; readonly domain?: string | undefined }): Promise<number>;
  /** Takes a message out; nobody hears of it. @throws {MailQueueError} `no-message` */
  remove(id: string): Promise<void>;
}

/** What came of an attempt for one recipient. */
export type MailTransportResult =
  /** It has it; `relayed` when the next server tells nothing of reports (RFC 3461 §5.2.3). */
  | { readonly outcome: "delivered" | "relayed"; readonly reply?: SmtpReply | undefined }
  /** Not now: try again later. `status` as in RFC 3463. */
  | {
      readonly outcome: "deferred";
      readonly status: string;
      readonly text: string;
      readonly reply?: SmtpReply | undefined;
    }
  /** Never. */
  | {
      readonly outcome: "failed";
      readonly status: string;
      readonly text: string;
      readonly reply?: SmtpReply | undefined;
    };

/** A message on its way: some of its recipients, those that go the same way. */
export interface MailConsignment {
  readonly mail: QueuedMail;
  readonly recipients: readonly QueuedRecipient[];
  /** Its octets, from the beginning each time. */
  content(): AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/** A way on: to mailboxes here, to the servers of a domain, to a smart host. */
export interface MailTransport {
  /** Which recipients go together, and count together for the limits of a destination: `mx example.net`, `local`. */
  destination(address: string): string;
  /**
   * Delivers, and tells what came of it for each recipient in turn. What it throws, or leaves out, is `deferred`: it may be
   * asked again, so a recipient that was served must be told as served whatever befalls the others.
   */
  deliver(consignment: MailConsignment): Promise<readonly MailTransportResult[]>;
}
