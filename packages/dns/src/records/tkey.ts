import type { DomainName } from "../name/domain-name.ts";
import { plainName } from "./fields/names.ts";
import { uint16, uint32 } from "./fields/numbers.ts";
import { longOctets } from "./fields/octets.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** How two peers agree on a secret for TSIG (RFC 2930 §2). */
export interface TkeyData {
  readonly algorithm: DomainName;
  /** Seconds since 1970. */
  readonly inception: number;
  /** Seconds since 1970. */
  readonly expiration: number;
  readonly mode: number;
  readonly error: number;
  readonly key: Uint8Array;
  readonly other: Uint8Array;
}

/** TKEY: see {@link TkeyData} */
export const tkeyRecord: DnsRecordType<"TKEY", TkeyData> = recordOf("TKEY", {
  algorithm: plainName,
  inception: uint32,
  expiration: uint32,
  mode: uint16,
  error: uint16,
  key: longOctets,
  other: longOctets,
});
