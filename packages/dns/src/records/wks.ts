import { ipv4 } from "./fields/addresses.ts";
import { checkInteger, named, uint8 } from "./fields/numbers.ts";
import { type DnsField, type DnsRecordType, recordOf } from "./record-type.ts";

/** Which services a host has; obsolete (RFC 1035 §3.4.2, RFC 1123 §2.2). */
export interface WksData {
  readonly address: string;
  /** 6 is TCP, 17 is UDP. */
  readonly protocol: number;
  /** In ascending order. */
  readonly ports: readonly number[];
}

/** A bit for each port, from 0 up to the last that is set. */
const ports: DnsField<readonly number[]> = {
  decode(reader) {
    const all: number[] = [];
    for (let port = 0; reader.left > 0 && port <= 0xffff; port += 8) {
      const octet = reader.uint8();
      for (let bit = 0; bit < 8; bit++) if (octet & (0x80 >> bit)) all.push(port + bit);
    }
    return all;
  },
  encode(value, writer) {
    const highest = value.reduce((most, port) => Math.max(most, checkInteger(port, 0xffff)), -1);
    const octets = new Uint8Array((highest >> 3) + 1);
    for (const port of value) octets[port >> 3]! |= 0x80 >> (port & 7);
    writer.put(octets);
  },
  parse(words) {
    const all = new Set<number>();
    while (!words.isDone) all.add(words.integer(0xffff));
    return [...all].sort((a, b) => a - b);
  },
  format: (value) => value.join(" "),
};

/** WKS: see {@link WksData} */
export const wksRecord: DnsRecordType<"WKS", WksData> = recordOf("WKS", {
  address: ipv4,
  protocol: named(uint8, { TCP: 6, UDP: 17 }),
  ports,
});
