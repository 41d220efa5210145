import type { Cancellable, StopOptions } from "@hawser/core";
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
  /** It waits until it is released. Default false. */
  readonly held?: boolean | undefined;
  /** Milliseconds since 1970: nobody tries before. Default: at once. */
  readonly notBefore?: number | undefined;
}

/** What has become of a message for one recipient so far. Whoever has been served, or given up, is gone from the list. */
export interface QueuedRecipient extends SmtpRecipientInit {
  /** Its place among all that the message was submitted for, from 0. */
  readonly number: number;
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
  /** The sender has been told that it takes long. */
  readonly isDelayTold: boolean;
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
  /** This process runs the queue; else another one does, or none. */
  readonly isRunning: boolean;
  /**
   * Takes a message. It is on the disk, where there is one, when this resolves.
   * @throws {MailQueueError} `too-large`, `too-many-recipients`, `no-recipients`, `bad-address`, `full`, `closed`, `unavailable`
   */
  submit(mail: NewQueuedMail, options?: Cancellable): Promise<QueuedMail>;
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
  /** Resolves when nothing that is due now waits or is under way: what is left has another time, or is held. */
  settled(): Promise<void>;
  /** Takes no more messages, begins no more attempts, and gives those that are under way so long (default 30,000 ms). Safe to repeat. */
  stop(options?: StopOptions): Promise<void>;
}

/** What came of an attempt for one recipient. */
export type MailTransportResult =
  /**
   * It is in a mailbox (`delivered`), or the next server has it: one that reports to the sender itself (`passed`), or one that
   * knows nothing of reports (`relayed`, RFC 3461 §5.2.2).
   */
  | {
      readonly outcome: "delivered" | "passed" | "relayed";
      readonly reply?: SmtpReply | undefined;
      readonly by?: string | undefined;
    }
  /** Not now: try again later. `status` as in RFC 3463. */
  | {
      readonly outcome: "deferred";
      readonly status: string;
      readonly text: string;
      readonly reply?: SmtpReply | undefined;
      /** Who said so: the name of a server. */
      readonly by?: string | undefined;
      /** It is not about this message: the way on is blocked, and others need not be tried for a while. */
      readonly isBlocked?: boolean | undefined;
    }
  /** Never. */
  | {
      readonly outcome: "failed";
      readonly status: string;
      readonly text: string;
      readonly reply?: SmtpReply | undefined;
      readonly by?: string | undefined;
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
