import { HttpHeaders } from "../../http/headers.ts";
import { type Http1BodyKind, readFramingFields } from "./framing.ts";
import type { Http1Version, StatusLine } from "./start-line.ts";

/** The head of a response as the wire brought it, with what the connection needs to know already read. */
export interface Http1ResponseHead {
  readonly version: Http1Version;
  readonly status: number;
  readonly reason: string;
  readonly headers: HttpHeaders;
  /** `none` also for `Content-Length: 0`: no body event will come. `close`: the body lasts until the connection ends. */
  readonly bodyKind: Http1BodyKind;
  /** As announced; to HEAD and in 304 the length that the body would have. */
  readonly contentLength: number | undefined;
  /** Whether the server lets the connection persist (RFC 9112 §9.3). */
  readonly keepAlive: boolean;
  /** How long the server says it keeps an idle connection: leave it alone a second before that. */
  readonly keepAliveTimeoutMs: number | undefined;
}

/**
 * Joins a status line and scanned fields into a head; `method` is the request's.
 * @throws {Http1ProtocolError} when the framing breaks RFC 9112 §6, or is what only smugglers send: equal Content-Lengths too
 */
export function responseHead(
  line: StatusLine,
  head: string,
  marks: readonly number[],
  method: string,
): Http1ResponseHead {
  const framing = readFramingFields(head, marks, line.version);
  const bodyKind = bodyKindOf(line.status, method, framing.chunked, framing.contentLength);
  const persists = !framing.close && (line.version === "1.1" || framing.keepAlive);
  return {
    version: line.version,
    status: line.status,
    reason: line.reason,
    headers: HttpHeaders.overHead(head, marks),
    bodyKind,
    contentLength: framing.contentLength,
    keepAlive: persists && bodyKind !== "close",
    keepAliveTimeoutMs: framing.keepAliveTimeoutMs,
  };
}

/** The rules of RFC 9112 §6.3, in their order. */
function bodyKindOf(status: number, method: string, chunked: boolean, length: number | undefined): Http1BodyKind {
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return "none";
  if (method === "CONNECT" && status < 300) return "none";
  if (chunked) return "chunked";
  if (length === undefined) return "close";
  return length === 0 ? "none" : "length";
}
