import { DnsProtocolError } from "../errors.ts";
import { dnsHeaderOctets } from "../message/message.ts";
import type { DomainName } from "../name/domain-name.ts";
import type { TsigData } from "../records/tsig.ts";
import { tsigRecord } from "../records/tsig.ts";
import { DnsType } from "../records/types.ts";
import { DnsReader } from "../wire/reader.ts";
import { DnsClass } from "../words.ts";

/** A message that ends with a TSIG record, taken apart. */
export interface LocatedTsig {
  /** The key's name. */
  readonly name: DomainName;
  readonly data: TsigData;
  /** The message as it was signed: without the record, with the id of that time (RFC 8945 §4.3.2). */
  readonly message: Uint8Array;
}

/** Finds the TSIG record of a message; `undefined` when it has none. @throws {DnsProtocolError} */
export function locateTsig(octets: Uint8Array): LocatedTsig | undefined {
  const reader = new DnsReader(octets, 4);
  const [questions, answers, authorities, additionals] = [
    reader.uint16(),
    reader.uint16(),
    reader.uint16(),
    reader.uint16(),
  ];
  for (let i = 0; i < questions; i++) skip(reader, 4);
  for (let i = 1; i < answers + authorities + additionals; i++) skipRecord(reader);
  if (additionals === 0 || reader.left === 0) return undefined;
  const start = reader.at;
  const [name, type] = [reader.name(), reader.uint16()];
  if (type !== DnsType.TSIG) return undefined;
  if (reader.uint16() !== DnsClass.any || reader.uint32() !== 0) throw new DnsProtocolError("bad-tsig");
  const data = reader.within(reader.uint16(), (inner) => tsigRecord.decode(inner));
  if (reader.left > 0) throw new DnsProtocolError("trailing-octets");
  return { name, data, message: unsigned(octets.subarray(0, start), data.originalId, additionals - 1) };
}

function skip(reader: DnsReader, octets: number): void {
  reader.name();
  reader.at += octets;
}

function skipRecord(reader: DnsReader): void {
  reader.name();
  reader.at += 8;
  const length = reader.uint16();
  reader.at += length;
}

function unsigned(octets: Uint8Array, id: number, additionals: number): Uint8Array {
  const message = Uint8Array.from(octets);
  const header = new DataView(message.buffer, 0, dnsHeaderOctets);
  header.setUint16(0, id);
  header.setUint16(10, additionals);
  return message;
}
