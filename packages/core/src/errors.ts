/**
 * The faults of the toolkit (STYLE P28). Every class carries a `code` to `switch` on; texts are for people.
 */

/** The root of every error Hawser throws: a name, a `code` from a closed set, and what caused it. */
export class HawserError<Code extends number | string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Why a connection could not be made, or did not live. */
export type ConnectionErrorCode =
  | "aborted" // our side gave it up
  | "address-in-use"
  | "bad-certificate"
  | "handshake-failed" // TLS, other than the certificate
  | "name-not-found"
  | "not-permitted"
  | "refused"
  | "reset"
  | "timed-out"
  | "unreachable"
  | "unsupported" // this reactor has no such transport
  | "failed"; // everything else; see `cause`

/** The network's fault: a connection was refused, reset, timed out, or its peer could not be verified. */
export class ConnectionError extends HawserError<ConnectionErrorCode> {
  /** What was being connected to or listened on, as an endpoint string, where known. */
  readonly endpoint: string | undefined;

  constructor(code: ConnectionErrorCode, message: string, options?: ErrorOptions & { endpoint?: string | undefined }) {
    super(code, message, options);
    this.endpoint = options?.endpoint;
  }
}

/** The caller's fault: an action that the present state does not allow. Thrown at once, synchronously. */
export class StateError extends HawserError<"bad-state"> {
  constructor(message: string, options?: ErrorOptions) {
    super("bad-state", message, options);
  }
}

/** The peer broke the protocol. Each protocol narrows `Code` and names the section that was broken. */
export class ProtocolError<Code extends string = string> extends HawserError<Code> {
  /** The rule that was broken, in the fixed spelling `RFC 9112 §3.2`. */
  readonly section: string | undefined;

  constructor(code: Code, message: string, options?: ErrorOptions & { section?: string | undefined }) {
    super(code, message, options);
    this.section = options?.section;
  }
}

/** Quotes what a peer sent for an error text: escaped, and cut to 64 characters (STYLE P29). */
export function quote(text: string): string {
  const shown = text.length > 64 ? `${text.slice(0, 63)}…` : text;
  return JSON.stringify(shown).replace(
    /[\x7f-\x9f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
