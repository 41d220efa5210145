import { isIPv4 } from "node:net";
import { formatIp, parseIp, quote } from "@hawser/core";
import type { DnsReader } from "../../wire/reader.ts";
import type { DnsWriter } from "../../wire/writer.ts";
import type { DnsField } from "../record-type.ts";

/** An IPv4 address, like `192.0.2.1`. */
export const ipv4: DnsField<string> = {
  decode: (reader) => `${reader.uint8()}.${reader.uint8()}.${reader.uint8()}.${reader.uint8()}`,
  encode: writeIpv4,
  parse: addressParser(4),
  format: String,
};

/** An IPv6 address in lower case, its longest run of zeros shortened (RFC 5952 §4). */
export const ipv6: DnsField<string> = {
  decode: readIpv6,
  encode: (value, writer) => writer.put(octetsOfIp(value, 16)),
  parse: addressParser(16),
  format: String,
};

/** Four numbers up to 255 without leading zeros; a loop, since servers and caches encode more of these than of anything else. */
function writeIpv4(text: string, writer: DnsWriter): void {
  let parts = 0;
  let value = 0;
  let digits = 0;
  for (let i = 0; i <= text.length; i++) {
    const digit = i === text.length ? -1 : text.charCodeAt(i) - 0x30;
    if (digit >= 0 && digit <= 9 && (digits === 0 || value > 0)) {
      value = value * 10 + digit;
      digits++;
    } else {
      if (digits === 0 || value > 255 || (digit !== -1 && digit !== dot)) throw badAddress(text, 4);
      writer.uint8(value);
      parts++;
      value = digits = 0;
    }
  }
  if (parts !== 4) throw badAddress(text, 4);
}

const dot = 0x2e - 0x30;

const groups = new Uint16Array(8);

/** The same text as core's `formatIp`, which takes five times as long. */
function readIpv6(reader: DnsReader): string {
  for (let i = 0; i < 8; i++) groups[i] = reader.uint16();
  const { at, length } = longestZeros();
  let text = "";
  for (let i = 0; i < 8; i++) {
    if (i === at) {
      text += i === 0 ? "::" : ":";
      i += length - 1;
    } else text += groups[i]!.toString(16) + (i < 7 ? ":" : "");
  }
  return text;
}

/** The first of the longest runs of two zeros or more; at -1 when there is none (RFC 5952 §4.2). */
function longestZeros(): { readonly at: number; readonly length: number } {
  let longest = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length++;
    if (length > longest.length) longest = { at, length };
    at += length;
  }
  return longest;
}

/** @throws {RangeError} unless the text is an address of so many octets */
export function octetsOfIp(text: string, count: number): Uint8Array {
  const octets = ipOf(text, count);
  if (octets !== undefined) return octets;
  throw badAddress(text, count);
}

function badAddress(text: string, count: number): RangeError {
  return new RangeError(`Cannot encode the address ${quote(text)}: it is not IPv${count === 4 ? 4 : 6}`);
}

/** The octets of an address of one family; zones (`%eth0`) do not belong into records. */
export function ipOf(text: string, count: number): Uint8Array | undefined {
  const octets = text.includes("%") ? undefined : parseIp(text);
  return octets?.length === count ? octets : undefined;
}

function addressParser(count: number): DnsField<string>["parse"] {
  return (words) => {
    const word = words.word();
    if (count === 4 && isIPv4(word)) return word; // there is one spelling, and zones have a million of them
    const octets = ipOf(word, count);
    if (octets === undefined) throw words.bad(word, `an IPv${count === 4 ? 4 : 6} address is needed`);
    return formatIp(octets);
  };
}
