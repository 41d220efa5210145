import type { SmtpServerLimits } from "./limits.ts";
import type { SmtpServerEvent } from "./machine/server-messages.ts";
import type { SmtpReply } from "./wire/reply.ts";
import type { SmtpBody, SmtpKind, SmtpNotify } from "./words.ts";

/** What is known of a session when its server says what it can. */
export interface SmtpServerFacts {
  /** TLS protects the connection. */
  readonly isSecure: boolean;
  /** TLS can be begun. */
  readonly hasTls: boolean;
  /** What may be logged in by, best first. */
  readonly mechanisms: readonly string[];
  /** The peer may say for whom it speaks (XCLIENT). */
  readonly isProxy: boolean;
  /** Nobody sends without a login (RFC 6409 §4.3). */
  readonly needsLogin: boolean;
  /** Nobody does anything without TLS (RFC 3207 §4). */
  readonly needsTls: boolean;
}

/** What MAIL says beside its path. */
export interface SmtpMailParameters {
  /** Octets, as the client counts them (RFC 1870). */
  readonly size?: number | undefined;
  readonly body?: SmtpBody | undefined;
  /** Addresses and header may be in UTF-8 (RFC 6531). */
  readonly utf8?: boolean | undefined;
  /** What a report shall bring back (RFC 3461 §4.3). */
  readonly ret?: "FULL" | "HDRS" | undefined;
  /** What the sender calls this message in reports (RFC 3461 §4.4). */
  readonly envid?: string | undefined;
  /** Who submitted it first, as a trusted peer tells; `<>`: nobody knows (RFC 4954 §5). */
  readonly auth?: string | undefined;
}

/** What RCPT says beside its path (RFC 3461 §4.1, §4.2). */
export interface SmtpRecipientParameters {
  /** When to report; an empty list: never. */
  readonly notify?: readonly SmtpNotify[] | undefined;
  /** Whom the message was for at first: `rfc822;alice@example.org`, decoded. */
  readonly orcpt?: string | undefined;
}

/** Reads the value of a parameter; gives what it means, or the reply that refuses it. */
export type SmtpParameter<Parameters> = (
  value: string | undefined,
  context: SmtpTurn,
) => Partial<Parameters> | { readonly refused: SmtpReply };

/** What a command may look at. */
export interface SmtpTurn {
  readonly kind: SmtpKind;
  readonly limits: SmtpServerLimits;
  readonly facts: SmtpServerFacts;
  /** What EHLO offers now. */
  readonly offered: readonly SmtpExtension[];
  /** Messages of this session so far. */
  readonly messages: number;
  readonly isLoggedIn: boolean;
  /** EHLO or LHLO was said, not HELO. */
  readonly isExtended: boolean;
  /** The message that is being sent; `undefined` outside of one. */
  readonly transaction: SmtpTransaction | undefined;
}

/** A message that is being sent. */
export interface SmtpTransaction {
  readonly parameters: SmtpMailParameters;
  /** Recipients that were accepted. */
  readonly recipients: number;
  /** Its content has begun with BDAT. */
  readonly isChunked: boolean;
}

/** What becomes of a command: it is answered at once, decided by the server, or octets follow it. */
export type SmtpVerbResult =
  | { readonly type: "reply"; readonly reply: SmtpReply }
  | { readonly type: "ask"; readonly event: SmtpServerEvent }
  /** So many octets of content follow at once, whatever the answer will be (RFC 3030 §2). */
  | { readonly type: "chunk"; readonly octets: number; readonly isLast: boolean };

/** A command. */
export interface SmtpVerb {
  /** What must have happened before. Default: EHLO or HELO. */
  readonly after?: "nothing" | "hello" | "mail" | "recipient" | undefined;
  /** Nothing may be pipelined behind it (RFC 2920 §3.1). */
  readonly endsGroup?: boolean | undefined;
  /** May be used where a login, or TLS, is still missing (RFC 4954 §6, RFC 3207 §4). */
  readonly isAlwaysAllowed?: boolean | undefined;
  /** Octets follow, whatever is said to it (RFC 3030 §2): so it is read even where it is refused. */
  readonly hasOctets?: boolean | undefined;
  run(argument: string, turn: SmtpTurn): SmtpVerbResult;
}

/** One extension of a server (RFC 5321 §2.2): what EHLO says of it, and what it adds to commands. */
export interface SmtpExtension {
  readonly keyword: string;
  /**
   * What EHLO says behind the keyword; `undefined`: it is not offered now, and its commands and parameters are unknown. It
   * is asked once for the same facts, and not for each session.
   */
  offer(facts: SmtpServerFacts, limits: SmtpServerLimits): string | undefined;
  readonly mailParameters?: Readonly<Record<string, SmtpParameter<SmtpMailParameters>>> | undefined;
  readonly recipientParameters?: Readonly<Record<string, SmtpParameter<SmtpRecipientParameters>>> | undefined;
  readonly verbs?: Readonly<Record<string, SmtpVerb>> | undefined;
}

/** Makes a reply of one line. */
export function replyWith(code: number, enhanced: string | undefined, text: string): SmtpReply {
  return { code, enhanced, lines: [text] };
}
