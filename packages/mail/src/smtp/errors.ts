import { HawserError, ProtocolError, quote } from "@hawser/core";
import { describeSmtpReply, parseSmtpReply, type SmtpReply } from "./wire/reply.ts";

/** How {@link SmtpReplyError} is written. */
export interface SmtpReplyInit {
  /** 400 to 599. */
  readonly code: number;
  readonly enhanced?: string | undefined;
  readonly text: string;
}

/**
 * A no, of either kind: a client's call rejects with what the server said, and a backend throws what is to be said:
 * `throw new SmtpReplyError({ code: 550, enhanced: "5.1.1", text: "No such user" })`. Its text is shown to the peer.
 */
export class SmtpReplyError extends HawserError<number> {
  readonly enhanced: string | undefined;
  /** 4xx: the same may be right later (RFC 5321 §4.2.1). */
  readonly temporary: boolean;
  readonly reply: SmtpReply;

  /** @throws {RangeError} for a reply that refuses nothing */
  constructor(reply: SmtpReplyInit | SmtpReply, options?: ErrorOptions) {
    const { code, enhanced } = reply;
    const lines = "lines" in reply ? reply.lines : [reply.text];
    if (!(code >= 400 && code <= 599)) throw new RangeError(`Cannot refuse with the code ${code}: 400 to 599 do`);
    super(code, describeSmtpReply({ code, enhanced, lines }), options);
    this.enhanced = enhanced;
    this.temporary = code < 500;
    this.reply = { code, enhanced, lines };
  }
}

/** What a backend answers when it has nothing against it. */
export const smtpAccept = undefined;

/** What a backend answers, or throws, to refuse: `smtpReject("550 5.1.1 No such user")`. @throws {TypeError} {@link parseSmtpReply} */
export function smtpReject(text: string): SmtpReplyError {
  return new SmtpReplyError(parseSmtpReply(text));
}

/** How a peer can break the protocol. */
export type SmtpProtocolErrorCode =
  | "bare-line-ending" // a CR or LF that stands alone
  | "line-too-long"
  | "early-octets" // before the greeting, behind a command that ends a group, or behind STARTTLS
  | "not-smtp" // a command of HTTP, or another protocol's
  | "too-many-errors"
  | "too-many-commands"
  | "timed-out"
  | "message-too-large"
  | "unexpected-end" // within a command, a message or a reply
  | "bad-reply" // what a server says is no reply, or nobody asked for it
  | "too-many-lines";

/** The peer broke the protocol, or a limit; what follows on the connection means nothing. `reply` has been said to a client. */
export class SmtpProtocolError extends ProtocolError<SmtpProtocolErrorCode> {
  readonly reply: SmtpReply | undefined;

  constructor(
    code: SmtpProtocolErrorCode,
    message: string,
    options: ErrorOptions & { readonly section?: string | undefined; readonly reply?: SmtpReply | undefined } = {},
  ) {
    super(code, message, options);
    this.reply = options.reply;
  }
}

/** Why a client did not do what it was asked for, though nothing has gone wrong on the way. */
export type SmtpClientErrorCode =
  | "needs-8bitmime" // the message has octets beyond US-ASCII and the server takes none
  | "needs-binarymime" // the message has CR, LF or lines as they may be in binary alone
  | "needs-smtputf8" // an address is beyond US-ASCII and the server takes none
  | "needs-starttls" // TLS is required and the server has none
  | "no-auth" // the server takes no logins here
  | "too-large" // for what the server says of itself
  | "too-many-recipients"
  | "no-recipients"
  | "bad-address"
  | "closed"; // by who had it

/** A client did not send what it would have had to change or to risk. Nothing was accepted. */
export class SmtpClientError extends HawserError<SmtpClientErrorCode> {}

/**
 * The connection was lost when the whole message was out and its answer was not there: it may have been accepted
 * (RFC 1047). Who sends it again may double it.
 */
export class SmtpOutcomeError extends HawserError<"unknown-outcome"> {
  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message : quote(String(cause));
    super("unknown-outcome", `Cannot tell whether the message was accepted: ${why}`, { cause });
  }
}
