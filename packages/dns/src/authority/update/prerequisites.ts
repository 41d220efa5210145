import type { DomainName } from "../../name/domain-name.ts";
import { encodeDnsData } from "../../records/data-octets.ts";
import type { DnsRecord } from "../../records/record.ts";
import { DnsType, dnsTypeNumber } from "../../records/types.ts";
import { DnsClass, DnsRcode } from "../../words.ts";
import { sameData } from "../contents/same-data.ts";
import type { Zone } from "../zone.ts";

/** A set that must be there exactly so (RFC 2136 §2.4.2). */
interface WantedSet {
  readonly name: DomainName;
  readonly type: number;
  readonly data: Uint8Array[];
}

/** Judges what must be so before an update (RFC 2136 §3.2). Gives an rcode, `noError` when all is. */
export function checkPrerequisites(zone: Zone, records: readonly DnsRecord[]): number {
  const wanted = new Map<string, WantedSet>();
  for (const record of records) {
    const { name, class: recordClass } = record;
    if (record.ttl !== 0) return DnsRcode.formErr;
    if (!name.isWithin(zone.origin)) return DnsRcode.notZone;
    if (recordClass === zone.class) want(wanted, record);
    else if ((recordClass !== DnsClass.any && recordClass !== DnsClass.none) || !isBare(record))
      return DnsRcode.formErr;
    else {
      const rcode = checkPresence(zone, name, dnsTypeNumber(record.type), recordClass === DnsClass.any);
      if (rcode !== DnsRcode.noError) return rcode;
    }
  }
  for (const set of wanted.values()) if (!isThere(zone, set)) return DnsRcode.nxRrset;
  return DnsRcode.noError;
}

/** Whether a record has no data, so that it stands for its type or its name (RFC 2136 §2.4, §2.5). */
export function isBare({ type, data }: DnsRecord): boolean {
  return type.startsWith("TYPE") && (data as { readonly octets?: Uint8Array }).octets?.length === 0;
}

/** The four kinds that ask for no values (RFC 2136 §2.4.1, §2.4.3 to §2.4.5). */
function checkPresence(zone: Zone, name: DomainName, type: number, mustBe: boolean): number {
  const isName = type === DnsType.ANY;
  const is = isName ? zone.draft().sets(name).length > 0 : zone.set(name, type) !== undefined;
  if (is === mustBe) return DnsRcode.noError;
  if (mustBe) return isName ? DnsRcode.nxDomain : DnsRcode.nxRrset;
  return isName ? DnsRcode.yxDomain : DnsRcode.yxRrset;
}

function want(wanted: Map<string, WantedSet>, record: DnsRecord): void {
  const { name } = record;
  const type = dnsTypeNumber(record.type);
  const key = `${type} ${name.key}`;
  const set = wanted.get(key) ?? { name, type, data: [] };
  const octets = encodeDnsData(record.type, record.data as never);
  if (!set.data.some((one) => sameData(type, one, octets))) set.data.push(octets);
  wanted.set(key, set);
}

/** The same records and no others, whatever their TTL (RFC 2136 §3.2.3). */
function isThere(zone: Zone, { name, type, data }: WantedSet): boolean {
  const found = zone.set(name, type)?.data ?? [];
  return found.length === data.length && data.every((octets) => found.some((one) => sameData(type, one, octets)));
}
