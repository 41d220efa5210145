import type { HttpEntityTag } from "../fields/entity-tag.ts";
import type { HttpPreference } from "../fields/preferences.ts";
import { contentCodings, type HttpContentCoding } from "./codings.ts";
import { negotiateEncoding } from "./negotiate.ts";

/** What decides whether a response is worth compressing. */
export interface CompressibleResponse {
  readonly status: number;
  /** The `Content-Type`, as text. */
  readonly contentType?: string | undefined;
  /** Absent when nobody knows yet. */
  readonly contentLength?: number | undefined;
  /** It has a `Content-Encoding` already. */
  readonly encoded?: boolean | undefined;
  /** `Cache-Control: no-transform` (RFC 9111 §5.2.2.6). */
  readonly noTransform?: boolean | undefined;
}

/** What a server is ready to compress. */
export interface ChooseCompressionOptions {
  /** Smaller content grows, or fits into one packet either way. Default 1,024 octets. */
  readonly octetsMin?: number | undefined;
  /** Which codings, best first. Default: all that this platform has. */
  readonly codings?: readonly string[] | undefined;
}

/**
 * The coding to use, if any; and whether `Vary: Accept-Encoding` must be sent, because another client would get
 * another one.
 */
export interface CompressionChoice {
  readonly coding: HttpContentCoding["name"] | undefined;
  readonly varies: boolean;
}

/**
 * Chooses how to compress a response. A compressed response is another representation: send `Content-Encoding`, no
 * `Content-Length` of the original, no `Accept-Ranges`, and the tag that {@link weakenEntityTag} makes.
 */
export function chooseCompression(
  accept: readonly HttpPreference[] | undefined,
  response: CompressibleResponse,
  options: ChooseCompressionOptions = {},
): CompressionChoice {
  const { octetsMin = 1024, codings = [...contentCodings().keys()] } = options;
  if (response.encoded || response.noTransform || response.status < 200) return never;
  // What was not sent would have had a type and a length; one field too many harms less than one too few.
  if (response.status === 304) return plainHere;
  if (!isCompressibleType(response.contentType ?? "")) return never;
  if (response.status === 206) return plainHere;
  if (UNCHANGED_STATUSES.has(response.status) || (response.contentLength ?? octetsMin) < octetsMin) return never;
  const chosen = negotiateEncoding(accept, [...codings, "identity"]);
  return { coding: contentCodings().get(chosen ?? "")?.name, varies: true };
}

/** Left alone, for everybody. */
const never: CompressionChoice = { coding: undefined, varies: false };

/** Left alone, but a whole answer to somebody else may be compressed: caches must know (RFC 9110 §15.3.7, §15.4.5). */
const plainHere: CompressionChoice = { coding: undefined, varies: true };

/**
 * The tag of a compressed response: weak, because its octets are not the original's. `If-None-Match` still matches it,
 * `If-Range` never does (RFC 9110 §8.8.3.3). A suffix, as some servers add, would have to be taken off every request.
 */
export function weakenEntityTag(tag: HttpEntityTag): HttpEntityTag {
  return { weak: true, opaque: tag.opaque };
}

/**
 * Says whether content of this type gets smaller: text, and what is text in disguise. Event streams are left alone:
 * their events would wait.
 */
export function isCompressibleType(contentType: string): boolean {
  const type = (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
  if (type.startsWith("text/")) return type !== "text/event-stream";
  return /\+(?:json|xml|text|yaml)$/.test(type) || COMPRESSIBLE.has(type);
}

const COMPRESSIBLE = new Set([
  "application/javascript",
  "application/json",
  "application/ndjson",
  "application/wasm",
  "application/x-javascript",
  "application/x-ndjson",
  "application/xml",
  "application/yaml",
  "font/otf",
  "font/ttf",
  "image/bmp",
  "image/vnd.microsoft.icon",
  "image/x-icon",
]);
// No content.
const UNCHANGED_STATUSES = new Set([204, 205]);
