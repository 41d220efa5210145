import type { DnsEncodedSet } from "../message/answer.ts";
import { decodeDnsData } from "../records/data-octets.ts";
import type { SoaData } from "../records/soa.ts";

/** What a zone's SOA says, kept as octets. */
export function soaOf({ data }: DnsEncodedSet): SoaData {
  return decodeDnsData("SOA", data[0]!);
}
