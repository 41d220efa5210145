import type { Listener } from "@hawser/core";
import type { MailLocalFailure } from "./failures.ts";
import type { MailLocalMessage, MailLocalSummary } from "./message.ts";
import type { MailLocalQuery } from "./query.ts";
import type { MailLocalReleased } from "./release.ts";

/** What happened to messages. */
export type MailLocalChange =
  | { readonly type: "added" | "changed"; readonly messages: readonly MailLocalSummary[] }
  | { readonly type: "removed"; readonly ids: readonly number[] };

/** A mail server that takes everything and sends nothing on, for programs that are being written and for their tests. */
export interface MailLocal extends AsyncDisposable {
  /** `smtp://127.0.0.1:1025`; `smtps:` where the endpoint has TLS. Empty: it does not listen. */
  readonly smtpUrl: string;
  readonly pop3Url: string;
  readonly imapUrl: string;
  /** `http://127.0.0.1:8025/` */
  readonly webUrl: string;
  /** All of them, where there are several of a kind. */
  readonly urls: readonly string[];
  /** Those that fit, oldest first. @throws {RangeError} when `since` is no time */
  messages(query?: MailLocalQuery): readonly MailLocalSummary[];
  /** One message with all there is. @throws {MailLocalError} `no-message` */
  message(id: number): Promise<MailLocalMessage>;
  /** Its octets as they were sent. @throws {MailLocalError} `no-message` */
  source(id: number): Promise<Uint8Array>;
  /**
   * The first message that fits: one that is there already, or else the next that comes. What was refused is passed over.
   * @param options `timeoutMs` is 30,000 by default; rejects with `signal.reason` when that comes first
   * @throws {MailLocalError} `no-message` when none came in time, `stopped`
   */
  waitForMessage(
    query?: MailLocalQuery,
    options?: { readonly timeoutMs?: number | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<MailLocalMessage>;
  /** Removes the messages that fit, or all. @returns how many there were */
  remove(query?: MailLocalQuery | { readonly ids: readonly number[] }): Promise<number>;
  /** Marks messages as read, or as not read. Those that are gone are passed over. */
  setRead(ids: readonly number[], isRead: boolean): Promise<void>;
  /** Whether {@link release} has a server to send to. */
  readonly canRelease: boolean;
  /**
   * Sends a message on, octet for octet, to a server that delivers it (`releaseTo`): to its own recipients, or to those given.
   * @throws {MailLocalError} `no-message`; `no-release` when there is no such server; `not-released`, with the cause
   */
  release(id: number, to?: readonly string[]): Promise<MailLocalReleased>;
  /** Calls `listener` after every change, whoever made it. Returns what ends it. */
  onChange(listener: (change: MailLocalChange) => void): () => void;
  /** Lets something go wrong from now on. Returns what ends it. @throws {MailLocalError} `too-many` @throws {TypeError} for a reply that refuses nothing */
  fail(failure: MailLocalFailure): () => void;
  /** What goes wrong now. */
  readonly failures: readonly MailLocalFailure[];
  /** Lets nothing go wrong any more. */
  clearFailures(): void;
  /** Ends all connections and waits; what was kept in memory is gone. Safe to repeat. */
  stop(options?: Parameters<Listener["stop"]>[0]): Promise<void>;
}
