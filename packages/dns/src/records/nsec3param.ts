import { uint8, uint16 } from "./fields/numbers.ts";
import { countedOctets, hex } from "./fields/octets.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** How the names of a zone are hashed (RFC 5155 §4.1). */
export interface Nsec3ParamData {
  readonly hashAlgorithm: number;
  readonly flags: number;
  readonly iterations: number;
  readonly salt: Uint8Array;
}

/** NSEC3PARAM: see {@link Nsec3ParamData} */
export const nsec3paramRecord: DnsRecordType<"NSEC3PARAM", Nsec3ParamData> = recordOf("NSEC3PARAM", {
  hashAlgorithm: uint8,
  flags: uint8,
  iterations: uint16,
  salt: countedOctets(hex),
});
