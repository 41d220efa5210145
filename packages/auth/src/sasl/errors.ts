import { HawserError, ProtocolError } from "@hawser/core";

/** What a peer can break in an exchange. */
export type SaslProtocolErrorCode =
  | "bad-message" // it cannot be read
  | "too-long" // beyond a limit of `limits.ts`
  | "out-of-turn" // a message where none belongs, or a success that comes too early
  | "unknown-mechanism" // not one of those that are offered now
  | "bad-binding" // the other side sees another TLS connection than we do, or binds to it otherwise
  | "downgrade" // somebody between us has taken `-PLUS` from what the server offers
  | "bad-nonce" // not the one that belongs to this exchange
  | "weak" // a server that wants fewer iterations than are safe
  | "costly" // a server that wants more iterations than are sensible
  | "unproven-server"; // the server has not shown that it knows the secret

/** The peer broke a mechanism's rules, or somebody between did. */
export class SaslProtocolError extends ProtocolError<SaslProtocolErrorCode> {}

/** Why an exchange ended that broke no rule. */
export type SaslErrorCode =
  | "no-mechanism" // the server offers none that our credentials and our caution allow
  | "refused" // the server says no; the text is what it says
  | "aborted"; // given up by the client (RFC 4422 §3.5)

/** An exchange that ended without a login, by nobody's mistake. A server throws LoginError for the rest. */
export class SaslError extends HawserError<SaslErrorCode> {}

/** Makes the error of a broken rule; `section` is the rule. */
export function saslFault(code: SaslProtocolErrorCode, message: string, section: string): SaslProtocolError {
  return new SaslProtocolError(code, message, { section });
}
