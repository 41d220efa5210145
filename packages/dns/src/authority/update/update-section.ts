import { encodeDnsData } from "../../records/data-octets.ts";
import type { DnsRecord } from "../../records/record.ts";
import { DnsType, dnsTypeNumber } from "../../records/types.ts";
import { DnsClass, DnsRcode } from "../../words.ts";
import { sameData } from "../contents/same-data.ts";
import type { ZoneDraft } from "../contents/zone-draft.ts";
import { isSerialAfter, soaSerial } from "../serial.ts";
import type { Zone } from "../zone.ts";
import { isBare } from "./prerequisites.ts";

/** Looks over the records of an update before anything is done (RFC 2136 §3.4.1). Gives an rcode. */
export function scanUpdates(zone: Zone, records: readonly DnsRecord[]): number {
  for (const record of records) {
    if (!record.name.isWithin(zone.origin)) return DnsRcode.notZone;
    if (!isUpdate(record, zone.class)) return DnsRcode.formErr;
  }
  return DnsRcode.noError;
}

function isUpdate(record: DnsRecord, zoneClass: number): boolean {
  const type = dnsTypeNumber(record.type);
  const isData = type !== 0 && type !== DnsType.OPT && (type < 128 || type > 255);
  if (record.class === zoneClass) return isData;
  if (record.ttl !== 0) return false;
  if (record.class === DnsClass.any) return isBare(record) && (isData || type === DnsType.ANY);
  return record.class === DnsClass.none && isData;
}

/** Does what the records of an update say, one after the other (RFC 2136 §3.4.2). */
export function doUpdates(zone: Zone, draft: ZoneDraft, records: readonly DnsRecord[]): void {
  for (const record of records) {
    if (record.class === zone.class) add(zone, draft, record);
    else if (record.class === DnsClass.any) deleteSets(zone, draft, record);
    else deleteRecord(zone, draft, record);
  }
}

/** What may stand beside a CNAME (RFC 4034 §4, RFC 2181 §10.1), and is not in its way. */
const besideCname: readonly number[] = [DnsType.RRSIG, DnsType.NSEC, 25 /* KEY */];

/** Adds a record; what contradicts those that are there is passed over without a word (RFC 2136 §3.4.2.2). */
function add(zone: Zone, draft: ZoneDraft, record: DnsRecord): void {
  const { name, ttl } = record;
  const type = dnsTypeNumber(record.type);
  const octets = encodeDnsData(record.type, record.data as never);
  const others = draft.sets(name).filter((set) => !besideCname.includes(set.type));
  const isInTheWay =
    type === DnsType.CNAME
      ? others.some((set) => set.type !== type)
      : !besideCname.includes(type) && others.some((set) => set.type === DnsType.CNAME);
  if (isInTheWay || (type === DnsType.NS && name.isWildcard)) return; // RFC 4592 §4.2
  if (type === DnsType.SOA && !(name.equals(zone.origin) && isNoOlder(draft, zone, octets))) return;
  const replaced = draft.sets(name).find((set) => set.type === type);
  for (const one of [...(replaced?.data ?? [])]) if (replaces(type, octets, one)) draft.delete(name, type, one);
  draft.add(name, type, ttl, octets);
}

function isNoOlder(draft: ZoneDraft, zone: Zone, octets: Uint8Array): boolean {
  const present = draft.sets(zone.origin).find(({ type }) => type === DnsType.SOA)!.data[0]!;
  const serial = soaSerial(octets);
  return serial === soaSerial(present) || isSerialAfter(serial, soaSerial(present));
}

/** Whether a record takes the place of another: there is one SOA, CNAME and DNAME, and one WKS for an address and protocol. */
function replaces(type: number, octets: Uint8Array, other: Uint8Array): boolean {
  if (type === DnsType.WKS) return sameData(type, octets.subarray(0, 5), other.subarray(0, 5));
  return type === DnsType.SOA || type === DnsType.CNAME || type === DnsType.DNAME;
}

/** Deletes a set, or all sets of a name: never the SOA, nor the servers of the zone (RFC 2136 §3.4.2.3). */
function deleteSets(zone: Zone, draft: ZoneDraft, { name, type: typeName }: DnsRecord): void {
  const type = dnsTypeNumber(typeName);
  const isApex = name.equals(zone.origin);
  draft.deleteSets(name, (set) => {
    if (type !== DnsType.ANY && set.type !== type) return false;
    return !isApex || (set.type !== DnsType.SOA && set.type !== DnsType.NS);
  });
}

/** Deletes one record: never the SOA, nor the last server of the zone (RFC 2136 §3.4.2.4). */
function deleteRecord(zone: Zone, draft: ZoneDraft, record: DnsRecord): void {
  const { name } = record;
  const type = dnsTypeNumber(record.type);
  if (type === DnsType.SOA) return;
  const isLast = draft.sets(name).find((set) => set.type === type)?.data.length === 1;
  if (type === DnsType.NS && isLast && name.equals(zone.origin)) return;
  draft.delete(name, type, encodeDnsData(record.type, record.data as never));
}
