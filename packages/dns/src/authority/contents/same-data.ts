import { Buffer } from "node:buffer";
import { DnsProtocolError } from "../../errors.ts";
import { decodeDnsData, encodeDnsData } from "../../records/data-octets.ts";
import { DnsType, dnsTypeName } from "../../records/types.ts";

/** Types whose data hold names, which are equal in any case (RFC 4034 §6.2, RFC 2136 §1.1). */
const named: ReadonlySet<number> = new Set([
  DnsType.NS,
  DnsType.MD,
  DnsType.MF,
  DnsType.CNAME,
  DnsType.SOA,
  DnsType.MB,
  DnsType.MG,
  DnsType.MR,
  DnsType.PTR,
  DnsType.MINFO,
  DnsType.MX,
  DnsType.RP,
  DnsType.AFSDB,
  DnsType.RT,
  DnsType.PX,
  DnsType.NAPTR,
  DnsType.KX,
  DnsType.SRV,
  DnsType.DNAME,
]);

/** Whether two data of a type are the same record: octet for octet, but for the case of names in the types of RFC 4034 §6.2. */
export function sameData(type: number, one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  if (sameOctets(one, other)) return true;
  return named.has(type) && sameOctets(canonicalData(type, one), canonicalData(type, other));
}

/** Data with their names in lower case, where that makes no difference. */
export function canonicalData(type: number, octets: Uint8Array): Uint8Array {
  if (!named.has(type)) return octets;
  const name = dnsTypeName(type);
  try {
    return encodeDnsData(name, decodeDnsData(name, octets) as never, "canonical");
  } catch (error) {
    if (error instanceof DnsProtocolError) return octets; // what cannot be read is equal to itself alone
    throw error;
  }
}

function sameOctets(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length > 64) return Buffer.compare(one, other) === 0;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
