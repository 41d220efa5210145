import { ProtocolError } from "@hawser/core/protocol";

/** What an HTTP/1.1 peer can do wrong. */
export type Http1ErrorCode =
  | "bad-request-line"
  | "bad-target"
  | "target-too-long"
  | "unsupported-version"
  | "bad-status-line"
  | "bad-line-ending"
  | "bad-octet"
  | "bad-field-line"
  | "obs-fold"
  | "head-too-large"
  | "line-too-long"
  | "too-many-fields"
  | "bad-host"
  | "bad-content-length"
  | "ambiguous-length"
  | "bad-transfer-encoding"
  | "unsupported-transfer-coding"
  | "unsupported-expectation"
  | "bad-chunk"
  | "chunk-extensions-too-long"
  | "trailers-too-large"
  | "truncated"
  | "head-timeout"
  | "body-timeout"
  | "response-timeout"
  | "no-response"
  | "too-many-informational"
  | "unexpected-upgrade"
  | "unexpected-response";

/** One row per fault: the status that answers it (for a response: what a gateway would answer), the rule, and what to say. */
const faults: Readonly<Record<Http1ErrorCode, readonly [status: number, section: string, text: string]>> = {
  "bad-request-line": [400, "RFC 9112 §3", "the request line is malformed"],
  "bad-target": [400, "RFC 9112 §3.2", "the request target is malformed"],
  "target-too-long": [414, "RFC 9110 §15.5.15", "the request target is too long"],
  "unsupported-version": [505, "RFC 9112 §2.3", "this is not HTTP/1"],
  "bad-status-line": [502, "RFC 9112 §4", "the status line is malformed"],
  "bad-line-ending": [400, "RFC 9112 §2.2", "a line must end in CR LF"],
  "bad-octet": [400, "RFC 9110 §5.5", "a control character is not allowed here"],
  "bad-field-line": [400, "RFC 9112 §5.1", "a field line is malformed"],
  "obs-fold": [400, "RFC 9112 §5.2", "a field line must not begin with a space"],
  "head-too-large": [431, "RFC 6585 §5", "the head is too large"],
  "line-too-long": [431, "RFC 6585 §5", "a line of the head is too long"],
  "too-many-fields": [431, "RFC 6585 §5", "the head has too many fields"],
  "bad-host": [400, "RFC 9112 §3.2", "exactly one valid Host is required"],
  "bad-content-length": [400, "RFC 9110 §8.6", "Content-Length must be one number"],
  "ambiguous-length": [400, "RFC 9112 §6.3", "the length of the message is ambiguous"],
  "bad-transfer-encoding": [400, "RFC 9112 §6.1", "Transfer-Encoding must end in chunked"],
  "unsupported-transfer-coding": [501, "RFC 9112 §6.1", "only the chunked transfer coding is supported"],
  "unsupported-expectation": [417, "RFC 9110 §10.1.1", "only 100-continue can be expected"],
  "bad-chunk": [400, "RFC 9112 §7.1", "a chunk is malformed"],
  "chunk-extensions-too-long": [400, "RFC 9112 §7.1.1", "there is too much chunk extension"],
  "trailers-too-large": [431, "RFC 9112 §7.1.2", "the trailer section is too large"],
  truncated: [400, "RFC 9112 §8", "the message is incomplete"],
  "head-timeout": [408, "RFC 9110 §15.5.9", "the request took too long to arrive"],
  "body-timeout": [408, "RFC 9110 §15.5.9", "the body took too long to arrive"],
  "response-timeout": [504, "RFC 9110 §15.6.5", "the response took too long to arrive"],
  "no-response": [502, "RFC 9112 §9.5", "the connection ended before a response came"],
  "too-many-informational": [502, "RFC 9110 §15.2", "there are too many interim responses"],
  "unexpected-upgrade": [502, "RFC 9110 §7.8", "the protocol changed without being asked to"],
  "unexpected-response": [502, "RFC 9112 §9.2", "a response came without a request"],
};

/** The peer broke HTTP/1.1, or one of our limits. Framing can no longer be trusted, so the connection ends with it. */
export class Http1ProtocolError extends ProtocolError<Http1ErrorCode> {
  /** The status that a server answers with; 502 or 504 when the fault is a server's. */
  readonly status: number;

  constructor(code: Http1ErrorCode, detail?: string) {
    const [status, section, text] = faults[code];
    super(code, `Cannot read the HTTP/1.1 message: ${text}${detail === undefined ? "" : ` (${detail})`}`, { section });
    this.status = status;
  }
}
