import { DnsProtocolError } from "../errors.ts";
import { dnsUdpPayloadOctets } from "../limits.ts";
import { checkInteger } from "../records/fields/numbers.ts";
import { DnsType } from "../records/types.ts";
import type { DnsReader } from "../wire/reader.ts";
import type { DnsWriter } from "../wire/writer.ts";
import { decodeOption, type EdnsOption, encodeOption } from "./options/table.ts";

/** What a message says beyond its header, in an OPT record (RFC 6891 §6.1). */
export interface Edns {
  /** The largest datagram that the sender takes. Below 512 it means 512. Default 1,232. */
  readonly udpPayloadOctets: number;
  /** 0; others are answered with BADVERS. */
  readonly version: number;
  /** DO: send DNSSEC records too (RFC 3225 §3). */
  readonly dnssecOk: boolean;
  /** CO: names that do not exist may be denied compactly (RFC 9824). */
  readonly compactOk: boolean;
  readonly options: readonly EdnsOption[];
}

/** The same to be sent: what is left out has its default, which is false or none where nothing else is said. */
export type EdnsInit = { readonly [Key in keyof Edns]?: Edns[Key] | undefined };

/** What the fixed fields of OPT say: payload as class, and the upper bits of the rcode, version and flags as TTL. */
export interface EdnsHead {
  readonly edns: Edns;
  /** The upper eight bits of the rcode. */
  readonly rcodeHigh: number;
}

const noOptions: readonly EdnsOption[] = [];
const dnssecOkBit = 0x8000;
const compactOkBit = 0x4000;

/** Reads an OPT record behind its type. Bits that nobody knows are ignored (RFC 6891 §6.1.4). @throws {DnsProtocolError} */
export function readEdns(reader: DnsReader): EdnsHead {
  const udpPayloadOctets = reader.uint16();
  const rcodeHigh = reader.uint8();
  const version = reader.uint8();
  const flags = reader.uint16();
  const length = reader.uint16();
  const options = length === 0 ? noOptions : readOptions(reader, length);
  const dnssecOk = (flags & dnssecOkBit) !== 0;
  const compactOk = (flags & compactOkBit) !== 0;
  return { edns: { udpPayloadOctets, version, dnssecOk, compactOk, options }, rcodeHigh };
}

function readOptions(reader: DnsReader, octets: number): readonly EdnsOption[] {
  const options: EdnsOption[] = [];
  const end = reader.at + octets;
  if (end > reader.end) throw new DnsProtocolError("truncated");
  const outer = reader.end;
  reader.end = end;
  while (reader.at < end) options.push(decodeOption(reader));
  reader.end = outer;
  return options;
}

/** Writes an OPT record. @throws {RangeError} for what the wire cannot hold */
export function writeEdns(edns: EdnsInit, rcode: number, writer: DnsWriter): void {
  writer.uint8(0);
  writer.uint16(DnsType.OPT);
  writer.uint16(checkInteger(edns.udpPayloadOctets ?? dnsUdpPayloadOctets, 0xffff));
  writer.uint8(checkInteger(rcode, 0xfff) >> 4);
  writer.uint8(checkInteger(edns.version ?? 0, 0xff));
  writer.uint16((edns.dnssecOk ? dnssecOkBit : 0) | (edns.compactOk ? compactOkBit : 0));
  const { options } = edns;
  if (options === undefined || options.length === 0) writer.uint16(0);
  else
    writer.sized(() => {
      for (const option of options) encodeOption(option, writer);
    });
}
