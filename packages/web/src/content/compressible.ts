import type { HttpEntityTag } from "../fields/entity-tag.ts";
import type { HttpPreference } from "../fields/preferences.ts";
import { type HttpContentCoding, httpContentCodings } from "./codings.ts";
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
  const { octetsMin = 1024, codings = [...httpContentCodings.keys()] } = options;
  const worth = (response.contentLength ?? octetsMin) >= octetsMin && isCompressibleType(response.contentType ?? "");
  const allowed =
    !response.encoded && !response.noTransform && !UNCHANGED_STATUSES.has(response.status) && response.status >= 200;
  if (!worth || !allowed) return { coding: undefined, varies: false };
  const chosen = negotiateEncoding(accept, [...codings, "identity"]);
  return { coding: httpContentCodings.get(chosen ?? "")?.name, varies: true };
}

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
// No content, a part of other content, or not ours to change.
const UNCHANGED_STATUSES = new Set([204, 205, 206, 304]);
