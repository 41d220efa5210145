import { DnsProtocolError } from "../errors.ts";
import { DnsReader } from "../wire/reader.ts";
import { type DnsNameForm, DnsWriter } from "../wire/writer.ts";
import type { DnsDataOf } from "./record.ts";
import { rowOfName } from "./table.ts";

/**
 * The octets of a record's data, names uncompressed: what a zone keeps, so that answers need only copy it.
 *
 * @param form `canonical` puts names into lower case where signatures want it (RFC 4034 §6.2); default: `plain`
 * @throws {RangeError} for what the wire cannot hold
 */
export function encodeDnsData<Type extends string>(
  type: Type,
  data: DnsDataOf<Type>,
  form: Exclude<DnsNameForm, "compressed"> = "plain",
): Uint8Array {
  writer.begin(0, form);
  rowOfName(type).field.encode(data, writer);
  return writer.copy();
}

/** Reads a record's data from octets that hold nothing else. @throws {DnsProtocolError} */
export function decodeDnsData<Type extends string>(type: Type, octets: Uint8Array): DnsDataOf<Type> {
  const reader = new DnsReader(octets);
  const data = rowOfName(type).field.decode(reader) as DnsDataOf<Type>;
  if (reader.left > 0) throw new DnsProtocolError("bad-rdata", `${reader.left} octets are left over`);
  return data;
}

/** RDLENGTH has two octets (RFC 1035 §3.2.1). One room serves all, since a million records are encoded one after the other. */
const writer = new DnsWriter(new Uint8Array(65_535));
