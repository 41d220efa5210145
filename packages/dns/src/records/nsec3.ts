import { uint8, uint16 } from "./fields/numbers.ts";
import { base32, countedOctets, hex } from "./fields/octets.ts";
import { typeBitmap } from "./fields/types.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** What exists at a name that is told by its hash only (RFC 5155 §3.1). */
export interface Nsec3Data {
  readonly hashAlgorithm: number;
  readonly flags: number;
  readonly iterations: number;
  readonly salt: Uint8Array;
  /** The hash of the next name. */
  readonly next: Uint8Array;
  readonly types: readonly string[];
}

/** NSEC3: see {@link Nsec3Data} */
export const nsec3Record: DnsRecordType<"NSEC3", Nsec3Data> = recordOf("NSEC3", {
  hashAlgorithm: uint8,
  flags: uint8,
  iterations: uint16,
  salt: countedOctets(hex),
  next: countedOctets(base32),
  types: typeBitmap,
});
