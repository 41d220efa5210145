import { checkInteger } from "../records/fields/numbers.ts";
import type { DnsRecord } from "../records/record.ts";
import { rowOfName } from "../records/table.ts";
import type { DnsWriter } from "../wire/writer.ts";

/** Writes a record (RFC 1035 §4.1.3). @throws {RangeError} for what the wire cannot hold */
export function writeRecord(record: DnsRecord, writer: DnsWriter): void {
  const { number, field } = rowOfName(record.type);
  writer.compressedName(record.name);
  writer.uint16(number);
  writer.uint16(checkInteger(record.class, 0xffff));
  writer.uint32(checkInteger(record.ttl, 0x7fffffff));
  const { at } = writer;
  writer.at = at + 2;
  field.encode(record.data, writer);
  const length = checkInteger(writer.at - at - 2, 0xffff);
  writer.octets[at] = length >> 8;
  writer.octets[at + 1] = length;
}
