import type { DnsEncodedSet } from "../message/answer.ts";
import { decodeDnsData, encodeDnsData } from "../records/data-octets.ts";
import type { DnsRecord } from "../records/record.ts";
import { dnsTypeName, dnsTypeNumber } from "../records/types.ts";

/**
 * Puts records into sets, each with the records of one name, type and class (RFC 2181 §5), in the order in which they come.
 * A set has the least TTL of its records (RFC 2181 §5.2), and none of them twice (RFC 2181 §5).
 *
 * @throws {RangeError} for what the wire cannot hold
 */
export function encodeDnsSets(records: Iterable<DnsRecord>): readonly DnsEncodedSet[] {
  const sets = new Map<
    string,
    { -readonly [Key in keyof DnsEncodedSet]: DnsEncodedSet[Key] } & { data: Uint8Array[] }
  >();
  for (const record of records) {
    const type = dnsTypeNumber(record.type);
    const octets = encodeDnsData(record.type, record.data as never);
    const key = `${type} ${record.class} ${record.name.key}`;
    const set = sets.get(key);
    if (set === undefined) {
      const { name, ttl } = record;
      sets.set(key, { name, type, class: record.class, ttl, data: [octets] });
      continue;
    }
    set.ttl = Math.min(set.ttl, record.ttl);
    if (!set.data.some((one) => Buffer.compare(one, octets) === 0)) set.data.push(octets);
  }
  return [...sets.values()];
}

/** The records of a set. @throws {DnsProtocolError} when data do not fit their type */
export function decodeDnsSet({ name, type, class: of, ttl, data }: DnsEncodedSet): readonly DnsRecord[] {
  const typeName = dnsTypeName(type);
  return data.map(
    (octets) => ({ name, type: typeName, class: of, ttl, data: decodeDnsData(typeName, octets) }) as DnsRecord,
  );
}
