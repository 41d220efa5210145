import { dnssecAlgorithms } from "./dnssec-algorithms.ts";
import { named, uint8, uint16 } from "./fields/numbers.ts";
import { base64, restOfOctets } from "./fields/octets.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** Kinds of certificates that have a name (RFC 4398 §2.1). */
export const certificateTypes: Readonly<Record<string, number>> = {
  PKIX: 1,
  SPKI: 2,
  PGP: 3,
  IPKIX: 4,
  ISPKI: 5,
  IPGP: 6,
  ACPKIX: 7,
  IACPKIX: 8,
  URI: 253,
  OID: 254,
};

/** A certificate or a list of revoked ones (RFC 4398 §2). */
export interface CertData {
  readonly certificateType: number;
  readonly keyTag: number;
  readonly algorithm: number;
  readonly certificate: Uint8Array;
}

/** CERT: see {@link CertData} */
export const certRecord: DnsRecordType<"CERT", CertData> = recordOf("CERT", {
  certificateType: named(uint16, certificateTypes),
  keyTag: uint16,
  algorithm: named(uint8, dnssecAlgorithms),
  certificate: restOfOctets(base64),
});
