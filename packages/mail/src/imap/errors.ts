import { HawserError, ProtocolError } from "@hawser/core/protocol";

/** What an IMAP peer can do wrong. */
export type ImapProtocolErrorCode =
  | "bad-literal" // a size that is none: negative, too large for a number, or in the wrong place
  | "bad-syntax"
  | "line-too-long"
  | "literal-too-long"
  | "nested-too-deep"
  | "too-many-arguments"
  | "unexpected"; // a response that nobody asked for, or none where one must be

/** The peer broke the protocol. */
export class ImapProtocolError extends ProtocolError<ImapProtocolErrorCode> {}

/** How a server says no: it cannot, it does not understand, or it leaves (RFC 9051 §7.1). */
export type ImapReplyErrorCode = "bad" | "bye" | "no";

/**
 * A server said no. Clients throw what came, servers throw what they want to say: what is thrown in a command is its answer.
 */
export class ImapReplyError extends HawserError<ImapReplyErrorCode> {
  /** What stands in brackets: `TRYCREATE`, `UIDNEXT 5`; absent where nothing does. */
  readonly responseCode: string | undefined;
  /** What the server said to people. */
  readonly text: string;

  constructor(
    code: ImapReplyErrorCode,
    text: string,
    options: ErrorOptions & { readonly responseCode?: string | undefined; readonly message?: string | undefined } = {},
  ) {
    super(code, options.message ?? text, options);
    this.text = text;
    this.responseCode = options.responseCode;
  }
}

/** A server's `NO`, with a code in brackets. */
export function imapNo(responseCode: string | undefined, text: string, cause?: unknown): ImapReplyError {
  return new ImapReplyError("no", text, { responseCode, cause });
}

/** A server's `BAD`. */
export function imapBad(text: string): ImapReplyError {
  return new ImapReplyError("bad", text);
}

/** Text that cannot be read. */
export function imapSyntax(message: string, section: string = "RFC 9051 §9"): ImapProtocolError {
  return new ImapProtocolError("bad-syntax", message, { section });
}
