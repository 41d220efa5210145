import type { Login, User } from "@hawser/auth";
import type { Address, Reactor, Security } from "@hawser/core";
import type { SmtpReplyError, smtpAccept } from "./errors.ts";
import type { SmtpMailParameters, SmtpRecipientParameters } from "./extension.ts";
import type { SmtpAddress } from "./wire/path.ts";

/** What a backend answers: yes, or the reply that refuses. It may be thrown as well. */
export type SmtpVerdict = typeof smtpAccept | SmtpReplyError;

/** A verdict now or later. */
export type SmtpDecision = SmtpVerdict | Promise<SmtpVerdict>;

/** Who is connected, and what is known of it. */
export interface SmtpSession {
  readonly reactor: Reactor;
  /** Names this session in Received fields and logs. */
  readonly id: string;
  /** Where the client is; as a trusted proxy tells it, where one does. */
  readonly peer: Address;
  readonly local: Address;
  /** Its name, as a trusted proxy has looked it up. */
  readonly peerName: string | undefined;
  readonly security: Security | undefined;
  /** What it calls itself: never to be trusted. */
  readonly hello: string | undefined;
  /** It said EHLO or LHLO. */
  readonly isExtended: boolean;
  /** Who has logged in. */
  readonly login: Login<User> | undefined;
  readonly user: User | undefined;
  /** Aborts when the connection is gone. */
  readonly signal: AbortSignal;
}

/** Whom a message is for. */
export interface SmtpRecipient extends SmtpAddress {
  readonly parameters: SmtpRecipientParameters;
}

/** What is written on the outside of a message (RFC 5321 §2.3.1). */
export interface SmtpEnvelope {
  /** `undefined`: the null reverse-path, as reports have it. */
  readonly from: SmtpAddress | undefined;
  readonly parameters: SmtpMailParameters;
  /** Those that were accepted, in order. */
  readonly to: readonly SmtpRecipient[];
}

/** What a mail server asks its owner. Whatever is absent is allowed; only {@link recipient} and {@link message} must be there. */
export interface SmtpBackend {
  /** Somebody connects. Nothing is said before the answer. */
  connected?(session: SmtpSession): SmtpDecision;
  /** What it calls itself. */
  hello?(name: string, session: SmtpSession): SmtpDecision;
  /** Who sends; `undefined` for reports. */
  sender?(from: SmtpAddress | undefined, session: SmtpSession, parameters: SmtpMailParameters): SmtpDecision;
  /** Who may be written to. Whoever accepts everything here is an open relay: see {@link localDomains}. */
  recipient(to: SmtpRecipient, session: SmtpSession, from: SmtpAddress | undefined): SmtpDecision;
  /**
   * Takes a message. The client hears yes when this has resolved, with its text where it gives one, and no when it throws:
   * {@link SmtpReplyError} as it is, everything else as 451. `content` throws when the message will not be completed, and
   * the client is held back when it is not read.
   */
  message(
    envelope: SmtpEnvelope,
    content: AsyncIterable<Uint8Array>,
    session: SmtpSession,
  ): Promise<string | undefined> | Promise<void> | string | void;
  /** The session is over. */
  closed?(session: SmtpSession): void;
}

/** What a delivery agent is asked: as {@link SmtpBackend}, with an answer for each recipient (RFC 2033 §4.2). */
export interface LmtpBackend extends Omit<SmtpBackend, "message"> {
  /** Delivers a message; gives a verdict for each recipient in `envelope.to`, or nothing where all went well. */
  message(
    envelope: SmtpEnvelope,
    content: AsyncIterable<Uint8Array>,
    session: SmtpSession,
  ): Promise<readonly SmtpVerdict[] | undefined> | Promise<void> | readonly SmtpVerdict[] | void;
}
