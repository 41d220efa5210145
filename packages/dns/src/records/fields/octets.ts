import type { DnsWords } from "../../presentation/words.ts";
import type { DnsReader } from "../../wire/reader.ts";
import type { DnsWriter } from "../../wire/writer.ts";
import type { DnsField } from "../record-type.ts";
import { checkInteger } from "./numbers.ts";

/** A way to spell octets. */
export interface OctetsSpelling {
  format(octets: Uint8Array): string;
  /** `undefined` for what is none. */
  parse(text: string): Uint8Array | undefined;
  readonly name: string;
}

/** Hexadecimal digits, capitals when written (RFC 4648 §8). */
export const hex: OctetsSpelling = {
  name: "hexadecimal digits",
  format: (octets) => bufferOf(octets).toString("hex").toUpperCase(),
  parse: (text) => (/^([0-9A-Fa-f]{2})*$/.test(text) ? bytesOf(Buffer.from(text, "hex")) : undefined),
};

/** Base64 with its padding (RFC 4648 §4). */
export const base64: OctetsSpelling = {
  name: "base64",
  format: (octets) => bufferOf(octets).toString("base64"),
  parse: (text) =>
    text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? bytesOf(Buffer.from(text, "base64")) : undefined,
};

const base32Digits = "0123456789abcdefghijklmnopqrstuv";

/** Base 32 with the extended hexadecimal alphabet and without padding, as NSEC3 has it (RFC 4648 §7, RFC 5155 §3.3). */
export const base32: OctetsSpelling = {
  name: "base32hex",
  format(octets) {
    let [text, bits, held] = ["", 0, 0];
    for (const octet of octets) {
      held = ((held << 8) | octet) & 0xfff;
      for (bits += 8; bits >= 5; bits -= 5) text += base32Digits[(held >> (bits - 5)) & 31];
    }
    return bits === 0 ? text : text + base32Digits[(held << (5 - bits)) & 31];
  },
  parse(text) {
    if (!/^[0-9A-Va-v]*$/.test(text) || [1, 3, 6].includes(text.length % 8)) return undefined;
    const octets = new Uint8Array((text.length * 5) >> 3);
    let [at, bits, held] = [0, 0, 0];
    for (const digit of text.toLowerCase()) {
      held = ((held << 5) | base32Digits.indexOf(digit)) & 0xfff;
      bits += 5;
      if (bits < 8) continue;
      bits -= 8;
      octets[at++] = held >> bits;
    }
    return octets;
  },
};

/** Octets up to the end of the data; in text they may be cut by blanks. */
export function restOfOctets(spelling: OctetsSpelling): DnsField<Uint8Array> {
  return {
    decode: (reader) => reader.rest(),
    encode: (value, writer) => writer.put(value),
    parse: (words) => parseOctets(words, words.rest(), spelling),
    format: (value) => spelling.format(value),
  };
}

/** Octets with their number in one octet before them; `-` in text for none (RFC 5155 §3.3). */
export function countedOctets(spelling: OctetsSpelling): DnsField<Uint8Array> {
  return {
    decode: (reader) => reader.take(reader.uint8()),
    encode(value, writer) {
      writer.uint8(checkInteger(value.length, 0xff));
      writer.put(value);
    },
    parse(words) {
      const word = words.word();
      const octets = parseOctets(words, word === "-" ? "" : word, spelling);
      if (octets.length > 0xff) throw words.error("too-large", `${octets.length} octets are given, and 255 may be`);
      return octets;
    },
    format: (value) => (value.length === 0 ? "-" : spelling.format(value)),
  };
}

/** Octets with their number in two octets before them. In text, a word; `-` for none. */
export const longOctets: DnsField<Uint8Array> = {
  decode: (reader: DnsReader) => reader.take(reader.uint16()),
  encode(value: Uint8Array, writer: DnsWriter) {
    writer.uint16(checkInteger(value.length, 0xffff));
    writer.put(value);
  },
  parse(words) {
    const word = words.word();
    return parseOctets(words, word === "-" ? "" : word, base64);
  },
  format: (value) => (value.length === 0 ? "-" : base64.format(value)),
};

/** @throws {DnsTextError} `bad-value` */
export function parseOctets(words: DnsWords, text: string, spelling: OctetsSpelling): Uint8Array {
  const octets = spelling.parse(text);
  if (octets === undefined) throw words.bad(text, `${spelling.name} are needed`);
  return octets;
}

/** The same octets, without a Buffer's ways and the pool behind it. */
function bytesOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}

function bufferOf(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length);
}
