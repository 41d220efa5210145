import { DnsProtocolError } from "../../errors.ts";
import type { DnsWords } from "../../presentation/words.ts";
import type { DnsReader } from "../../wire/reader.ts";
import type { DnsField } from "../record-type.ts";
import { dnsTypeName, dnsTypeNumber, parseDnsType } from "../types.ts";

/** The type of other records, by its name. */
export const typeName: DnsField<string> = {
  decode: (reader) => dnsTypeName(reader.uint16()),
  encode: (value, writer) => writer.uint16(dnsTypeNumber(value)),
  parse: parseType,
  format: String,
};

/** A set of types, by their names in the order of their numbers: windows of 256 bits (RFC 4034 §4.1.2). */
export const typeBitmap: DnsField<readonly string[]> = {
  decode(reader) {
    const types: string[] = [];
    for (let last = -1; reader.left > 0; ) {
      const window = reader.uint8();
      if (window <= last) throw badBitmap("its windows are out of order");
      addWindow(reader, window, types);
      last = window;
    }
    return types;
  },
  encode(value, writer) {
    const windows = new Map<number, number[]>();
    for (const number of sorted(value)) {
      const octets = windows.get(number >> 8) ?? [];
      windows.set(number >> 8, octets);
      for (let at = octets.length; at <= (number & 0xff) >> 3; at++) octets.push(0);
      octets[(number & 0xff) >> 3]! |= 0x80 >> (number & 7);
    }
    for (const [window, octets] of windows) writer.put(Uint8Array.of(window, octets.length, ...octets));
  },
  parse(words) {
    const types: string[] = [];
    while (!words.isDone) types.push(parseType(words));
    return sorted(types).map(dnsTypeName);
  },
  format: (value) => sorted(value).map(dnsTypeName).join(" "),
};

function addWindow(reader: DnsReader, window: number, types: string[]): void {
  const length = reader.uint8();
  if (length === 0 || length > 32) throw badBitmap(`a window has ${length} octets`);
  for (let at = 0; at < length; at++) {
    const octet = reader.uint8();
    for (let bit = 0; bit < 8; bit++) {
      if (octet & (0x80 >> bit)) types.push(dnsTypeName(window * 256 + at * 8 + bit));
    }
  }
}

function badBitmap(reason: string): DnsProtocolError {
  return new DnsProtocolError("bad-rdata", `a bitmap of types: ${reason}`, "RFC 4034 §4.1.2");
}

function sorted(types: readonly string[]): readonly number[] {
  return [...new Set(types.map(dnsTypeNumber))].sort((a, b) => a - b);
}

function parseType(words: DnsWords): string {
  return words.placed(() => parseDnsType(words.word()));
}
