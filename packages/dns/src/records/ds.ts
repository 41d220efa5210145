import { dnssecAlgorithms } from "./dnssec-algorithms.ts";
import { named, uint8, uint16 } from "./fields/numbers.ts";
import { hex, restOfOctets } from "./fields/octets.ts";
import { alsoCalled, type DnsRecordType, recordOf } from "./record-type.ts";

/** The digest of a key of a delegated zone (RFC 4034 §5.1). */
export interface DsData {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly digestType: number;
  readonly digest: Uint8Array;
}

/** DS: see {@link DsData} */
export const dsRecord: DnsRecordType<"DS", DsData> = recordOf("DS", {
  keyTag: uint16,
  algorithm: named(uint8, dnssecAlgorithms),
  digestType: uint8,
  digest: restOfOctets(hex),
});

/** CDS: what a zone asks its parent to publish as DS (RFC 7344 §3.1). */
export const cdsRecord: DnsRecordType<"CDS", DsData> = alsoCalled("CDS", dsRecord);

/** DLV: the same outside of the tree, obsolete (RFC 4431 §2). */
export const dlvRecord: DnsRecordType<"DLV", DsData> = alsoCalled("DLV", dsRecord);
