import type { MailHeader } from "../header/header.ts";
import { type MimeValue, parseMimeValue } from "../header/parameters.ts";

/**
 * A part of a message by its octets: where it begins and ends, and what is in it (RFC 2045 §2.4). All places are counted from
 * the first octet of the message. What IMAP tells of a message's structure, and the ground for reading it.
 */
export interface MimePart {
  readonly header: MailHeader;
  /** The first octet of the header. */
  readonly start: number;
  /** The first octet of the body, behind the empty line. */
  readonly bodyStart: number;
  /** One past the last octet: the line end before a boundary belongs to the boundary (RFC 2046 §5.1.1). */
  readonly end: number;
  /** Lines of the whole part, header included, and of its body: line feeds are counted. */
  readonly lineCount: number;
  readonly bodyLineCount: number;
  /** What it is, in lower case: `text/plain` where nothing, or nothing legible, is said (RFC 2045 §5.2). */
  readonly contentType: MimeValue;
  /** In lower case: `7bit` where nothing is said (RFC 2045 §6.1). */
  readonly transferEncoding: string;
  /** The parts of a multipart, or the one message in a `message/rfc822`; else none. */
  readonly parts: readonly MimePart[];
}

/** Where something of a header is told, and what is meant when it is not. */
export function contentTypeOf(header: MailHeader, fallback: string): MimeValue {
  const told = parseMimeValue(header.get("content-type") ?? fallback);
  return /^[^/\s]+\/[^/\s]+$/.test(told.value) ? told : parseMimeValue("text/plain");
}

/** What the part says of its transfer encoding (RFC 2045 §6.1). */
export function transferEncodingOf(header: MailHeader): string {
  return parseMimeValue(header.get("content-transfer-encoding") ?? "7bit").value || "7bit";
}

/** A part and all in it, outside before inside, in their order. */
export function* allParts(part: MimePart): Generator<MimePart, void> {
  const waiting = [part];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    waiting.push(...[...next.parts].reverse());
  }
}

/**
 * The part that IMAP calls by these numbers (RFC 9051 §6.4.5.1): `[]` is the message, `[1]` the first part of its multipart, or
 * its only one. In an enclosed message numbers go on with the parts of that message. `undefined`: there is none.
 */
export function partAt(message: MimePart, numbers: readonly number[]): MimePart | undefined {
  let part = message;
  for (const [i, number] of numbers.entries()) {
    const inside = i > 0 && part.contentType.value === "message/rfc822" ? part.parts[0] : part;
    if (inside === undefined) return undefined;
    if (!inside.contentType.value.startsWith("multipart/")) {
      if (number !== 1 || (i > 0 && inside === part)) return undefined;
      part = inside;
      continue;
    }
    const next = inside.parts[number - 1];
    if (next === undefined) return undefined;
    part = next;
  }
  return part;
}
