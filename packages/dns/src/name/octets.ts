/**
 * Octets as text with one character for each (latin1): strings compare, hash and slice faster than arrays on every engine,
 * and keys of a `Map` must be strings.
 */
import { Buffer } from "node:buffer";

interface Latin1 {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
}

const native = (Buffer.prototype as unknown as Latin1).latin1Slice;

/** Reads octets as text. One native call, whatever the length. */
export function latin1Of(octets: Uint8Array, start: number = 0, end: number = octets.length): string {
  return native.call(octets, start, end);
}

/** Writes text as octets; characters above U+00FF must have been refused before. */
export function octetsOf(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) octets[i] = text.charCodeAt(i);
  return octets;
}

/** Whether every character stands for an octet. */
export function isLatin1(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

/** A to Z in lower case and everything else as it is (RFC 4343 §3). The lengths of labels lie below the letters. */
export function lowerOctet(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
}

/** The same for text. What has no capitals, as nearly all names, is given back itself. */
export function lowerLatin1(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const octet = text.charCodeAt(i);
    if (octet >= 0x41 && octet <= 0x5a) return lowered(text);
  }
  return text;
}

const scratch = Buffer.alloc(256);

function lowered(text: string): string {
  const octets = text.length <= scratch.length ? scratch : Buffer.alloc(text.length);
  for (let i = 0; i < text.length; i++) octets[i] = lowerOctet(text.charCodeAt(i));
  return latin1Of(octets, 0, text.length);
}
