/**
 * Header and lines are held as "octet text": strings with one character (U+0000 to U+00FF) for each octet, which Node keeps
 * in one octet and makes fast.
 */
import { decodeUnlabelled } from "../charset.ts";

/** Octets to octet text. */
export function octetTextOf(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString("latin1");
}

/** Octet text to octets. @throws {RangeError} for characters that are no octets */
export function octetsOfText(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

/** What octet text means: itself when it is US-ASCII, else UTF-8 (RFC 6532 §3) or Windows-1252. */
export function meaningOf(octetText: string): string {
  return isAscii(octetText) ? octetText : decodeUnlabelled(octetsOfText(octetText));
}

/** Text as octet text in UTF-8. */
export function utf8TextOf(text: string): string {
  return isAscii(text) ? text : Buffer.from(text).toString("latin1");
}

/** Whether every character is one of US-ASCII. */
export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
