import { ProtocolError } from "../errors.ts";

/** How a peer can break a framing. */
export type FramingErrorCode =
  | "bad-netstring"
  | "bare-line-ending" // CR without LF, or LF without CR, where lines end in CRLF
  | "frame-too-long"
  | "line-too-long"
  | "unexpected-end"; // the peer ended within a frame

/** The peer's octets cannot be taken apart into lines or frames. What follows on the connection means nothing. */
export class FramingError extends ProtocolError<FramingErrorCode> {}
