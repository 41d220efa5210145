import { formatIp, quote } from "@hawser/core";
import { DnsProtocolError } from "../errors.ts";
import type { DnsReader } from "../wire/reader.ts";
import type { DnsWriter } from "../wire/writer.ts";
import { ipOf } from "./fields/addresses.ts";
import { checkInteger } from "./fields/numbers.ts";
import { hex } from "./fields/octets.ts";
import { type DnsField, type DnsRecordType, recordOf } from "./record-type.ts";

/** One network of a list. */
export interface AplItem {
  readonly negated: boolean;
  /** 1 is IPv4, 2 is IPv6 (IANA, Address Family Numbers). */
  readonly family: number;
  /** An address; for families without a spelling here, hexadecimal digits. */
  readonly address: string;
  readonly prefix: number;
}

/** A list of networks (RFC 3123 §4). */
export interface AplData {
  readonly items: readonly AplItem[];
}

const octetsOfFamily: Readonly<Record<number, number>> = { 1: 4, 2: 16 };

const items: DnsField<readonly AplItem[]> = {
  decode(reader) {
    const all: AplItem[] = [];
    while (reader.left > 0) all.push(decodeItem(reader));
    return all;
  },
  encode(value, writer) {
    for (const item of value) encodeItem(item, writer);
  },
  parse(words) {
    const all: AplItem[] = [];
    while (!words.isDone) {
      const word = words.word();
      const item = parseItem(word);
      if (item === undefined) throw words.bad(word, "a network like 1:192.0.2.0/24 or !2:2001:db8::/32 is needed");
      all.push(item);
    }
    return all;
  },
  format: (value) =>
    value
      .map(({ negated, family, address, prefix }) => `${negated ? "!" : ""}${family}:${address}/${prefix}`)
      .join(" "),
};

/** Zeros at the end of an address are left out (RFC 3123 §4). */
function decodeItem(reader: DnsReader): AplItem {
  const [family, prefix, length] = [reader.uint16(), reader.uint8(), reader.uint8()];
  const part = reader.take(length & 0x7f);
  const count = octetsOfFamily[family];
  if (count !== undefined && (part.length > count || prefix > count * 8))
    throw new DnsProtocolError("bad-rdata", "a network of APL is too long", "RFC 3123 §4");
  return {
    negated: length > 0x7f,
    family,
    address: count === undefined ? hex.format(part) : addressOf(part, count),
    prefix,
  };
}

function addressOf(part: Uint8Array, count: number): string {
  const octets = new Uint8Array(count);
  octets.set(part);
  return formatIp(octets);
}

function encodeItem(item: AplItem, writer: DnsWriter): void {
  const octets = octetsOfItem(item.family, item.address, item.prefix);
  if (octets === undefined) throw new RangeError(`Cannot encode the network ${quote(item.address)} of APL: it is none`);
  const part =
    octetsOfFamily[item.family] === undefined ? octets : octets.subarray(0, octets.findLastIndex((o) => o !== 0) + 1);
  writer.uint16(checkInteger(item.family, 0xffff));
  writer.uint8(checkInteger(item.prefix, 0xff));
  writer.uint8(part.length | (item.negated ? 0x80 : 0));
  writer.put(part);
}

function parseItem(word: string): AplItem | undefined {
  const [, sign, digits, address, length] = /^(!?)(\d{1,5}):([^/]*)\/(\d{1,3})$/.exec(word) ?? [];
  if (address === undefined) return undefined;
  const [family, prefix] = [Number(digits), Number(length)];
  const octets = octetsOfItem(family, address, prefix);
  if (octets === undefined || family > 0xffff) return undefined;
  const isIp = octetsOfFamily[family] !== undefined;
  return { negated: sign === "!", family, address: isIp ? formatIp(octets) : hex.format(octets), prefix };
}

function octetsOfItem(family: number, address: string, prefix: number): Uint8Array | undefined {
  const count = octetsOfFamily[family];
  if (count !== undefined) return prefix > count * 8 ? undefined : ipOf(address, count);
  const octets = hex.parse(address);
  return octets === undefined || octets.length > 0x7f || prefix > 0xff ? undefined : octets;
}

/** APL: see {@link AplData} */
export const aplRecord: DnsRecordType<"APL", AplData> = recordOf("APL", { items });
