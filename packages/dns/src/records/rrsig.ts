import type { DomainName } from "../name/domain-name.ts";
import { dnssecAlgorithms } from "./dnssec-algorithms.ts";
import { loweredName } from "./fields/names.ts";
import { named, period, uint8, uint16 } from "./fields/numbers.ts";
import { base64, restOfOctets } from "./fields/octets.ts";
import { time } from "./fields/times.ts";
import { typeName } from "./fields/types.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** A signature over the records of one type at one name (RFC 4034 §3.1). */
export interface RrsigData {
  readonly typeCovered: string;
  readonly algorithm: number;
  readonly labels: number;
  /** Seconds. */
  readonly originalTtl: number;
  /** Seconds since 1970, compared by RFC 1982 §3.2. */
  readonly expiration: number;
  /** Seconds since 1970. */
  readonly inception: number;
  readonly keyTag: number;
  readonly signer: DomainName;
  readonly signature: Uint8Array;
}

/** RRSIG: see {@link RrsigData} */
export const rrsigRecord: DnsRecordType<"RRSIG", RrsigData> = recordOf("RRSIG", {
  typeCovered: typeName,
  algorithm: named(uint8, dnssecAlgorithms),
  labels: uint8,
  originalTtl: period,
  expiration: time,
  inception: time,
  keyTag: uint16,
  signer: loweredName,
  signature: restOfOctets(base64),
});
