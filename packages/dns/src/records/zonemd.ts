import { uint8, uint32 } from "./fields/numbers.ts";
import { hex, restOfOctets } from "./fields/octets.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** The digest of a whole zone (RFC 8976 §2.2). */
export interface ZonemdData {
  readonly serial: number;
  readonly scheme: number;
  readonly hashAlgorithm: number;
  readonly digest: Uint8Array;
}

/** ZONEMD: see {@link ZonemdData} */
export const zonemdRecord: DnsRecordType<"ZONEMD", ZonemdData> = recordOf("ZONEMD", {
  serial: uint32,
  scheme: uint8,
  hashAlgorithm: uint8,
  digest: restOfOctets(hex),
});
