import { ProtocolError } from "../errors.ts";

/** How a PROXY header can be wrong. */
export type ProxyProtocolErrorCode =
  | "bad-header"
  | "bad-checksum"
  | "header-too-long"
  | "not-trusted"
  | "timed-out"
  | "unexpected-end";

/** The peer sent no PROXY header, or not a valid one, or may not send any. */
export class ProxyProtocolError extends ProtocolError<ProxyProtocolErrorCode> {}
