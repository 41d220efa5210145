import { formatIp, parseIp, quote } from "@hawser/core";
import type { DnsField } from "../record-type.ts";

/** An IPv4 address, like `192.0.2.1`. */
export const ipv4: DnsField<string> = {
  decode: (reader) => `${reader.uint8()}.${reader.uint8()}.${reader.uint8()}.${reader.uint8()}`,
  encode: (value, writer) => writer.put(octetsOfIp(value, 4)),
  parse: addressParser(4),
  format: String,
};

/** An IPv6 address in lower case, its longest run of zeros shortened (RFC 5952 §4). */
export const ipv6: DnsField<string> = {
  decode: (reader) => formatIp(reader.take(16)),
  encode: (value, writer) => writer.put(octetsOfIp(value, 16)),
  parse: addressParser(16),
  format: String,
};

/** @throws {RangeError} unless the text is an address of so many octets */
export function octetsOfIp(text: string, count: number): Uint8Array {
  const octets = ipOf(text, count);
  if (octets !== undefined) return octets;
  throw new RangeError(`Cannot encode the address ${quote(text)}: it is not IPv${count === 4 ? 4 : 6}`);
}

/** The octets of an address of one family; zones (`%eth0`) do not belong into records. */
export function ipOf(text: string, count: number): Uint8Array | undefined {
  const octets = text.includes("%") ? undefined : parseIp(text);
  return octets?.length === count ? octets : undefined;
}

function addressParser(count: number): DnsField<string>["parse"] {
  return (words) => {
    const word = words.word();
    const octets = ipOf(word, count);
    if (octets === undefined) throw words.bad(word, `an IPv${count === 4 ? 4 : 6} address is needed`);
    return formatIp(octets);
  };
}
