import { tooLarge } from "./errors.ts";
import { formBounds, type HttpFormLimits, urlEncodedOctetsMax } from "./limits.ts";

/** A name and a value, in the order they were sent; names may repeat. */
export type HttpFormPair = readonly [name: string, value: string];

/**
 * Reads `application/x-www-form-urlencoded`, exactly as the WHATWG URL standard §5.1 does: octets that are not UTF-8
 * become U+FFFD and a stray `%` stays. It reads query strings too.
 * @throws {HttpFormError} `too-large`
 */
export function parseUrlEncoded(body: Uint8Array | string, limits: HttpFormLimits = {}): HttpFormPair[] {
  const bounds = formBounds(limits, urlEncodedOctetsMax);
  const octets =
    typeof body === "string" ? Buffer.from(body, "utf8") : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (octets.length > bounds.bodyOctetsMax) throw tooLarge("octets", bounds.bodyOctetsMax);
  const pairs: HttpFormPair[] = [];
  for (let start = 0; start < octets.length; ) {
    const ampersand = octets.indexOf(AMPERSAND, start);
    const end = ampersand < 0 ? octets.length : ampersand;
    if (end > start) {
      if (pairs.length === bounds.partsMax) throw tooLarge("fields", bounds.partsMax);
      pairs.push(decodePair(octets.subarray(start, end), bounds.nameOctetsMax, bounds.fieldOctetsMax));
    }
    start = end + 1;
  }
  return pairs;
}

/**
 * Writes `application/x-www-form-urlencoded` (WHATWG URL §5.2).
 * @throws {TypeError} on lone surrogates, which no charset can carry
 */
export function formatUrlEncoded(pairs: Iterable<HttpFormPair>): string {
  return Array.from(pairs, ([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
}

function decodePair(pair: Buffer, nameOctetsMax: number, valueOctetsMax: number): HttpFormPair {
  const equals = pair.indexOf(EQUALS);
  const name = equals < 0 ? pair : pair.subarray(0, equals);
  const value = equals < 0 ? pair.subarray(pair.length) : pair.subarray(equals + 1);
  return [decode(name, nameOctetsMax, "octets in a name"), decode(value, valueOctetsMax, "octets in a value")];
}

/** Undoes `+` and `%xx`, then decodes UTF-8. */
function decode(encoded: Buffer, octetsMax: number, what: string): string {
  const octets = Buffer.allocUnsafe(encoded.length);
  let length = 0;
  for (let at = 0; at < encoded.length; at++) {
    const octet = encoded[at]!;
    const escaped = octet === PERCENT ? hexOctet(encoded, at + 1) : -1;
    if (escaped >= 0) at += 2;
    octets[length++] = escaped >= 0 ? escaped : octet === PLUS ? SPACE : octet;
  }
  if (length > octetsMax) throw tooLarge(what, octetsMax);
  return octets.toString("utf8", 0, length);
}

function hexOctet(octets: Buffer, at: number): number {
  const high = hexDigit(octets[at]);
  const low = hexDigit(octets[at + 1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(code: number | undefined): number {
  if (code === undefined) return -1;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function encode(text: string): string {
  if (LONE_SURROGATE.test(text)) throw new TypeError("Cannot write a form: a lone surrogate");
  const escaped = encodeURIComponent(text).replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return escaped.replaceAll("%20", "+");
}

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;
const LONE_SURROGATE = /\p{Surrogate}/u;
