import { dnssecAlgorithms } from "./dnssec-algorithms.ts";
import { named, uint8, uint16 } from "./fields/numbers.ts";
import { base64, restOfOctets } from "./fields/octets.ts";
import { alsoCalled, type DnsRecordType, recordOf } from "./record-type.ts";

/** A key that signs a zone (RFC 4034 §2.1). */
export interface DnskeyData {
  /** 256 for a zone key, 257 with the bit of an entry point. */
  readonly flags: number;
  /** Always 3. */
  readonly protocol: number;
  readonly algorithm: number;
  readonly publicKey: Uint8Array;
}

/** DNSKEY: see {@link DnskeyData} */
export const dnskeyRecord: DnsRecordType<"DNSKEY", DnskeyData> = recordOf("DNSKEY", {
  flags: uint16,
  protocol: uint8,
  algorithm: named(uint8, dnssecAlgorithms),
  publicKey: restOfOctets(base64),
});

/** CDNSKEY: what a zone asks its parent to make a DS of (RFC 7344 §3.2). */
export const cdnskeyRecord: DnsRecordType<"CDNSKEY", DnskeyData> = alsoCalled("CDNSKEY", dnskeyRecord);

/** The tag by which signatures and digests name a key (RFC 4034 §B). */
export function dnskeyTag({ flags, protocol, algorithm, publicKey }: DnskeyData): number {
  if (algorithm === 1) return ((publicKey.at(-3) ?? 0) << 8) | (publicKey.at(-2) ?? 0);
  let sum = flags + (protocol << 8) + algorithm;
  for (const [at, octet] of publicKey.entries()) sum += at & 1 ? octet : octet << 8;
  return (sum + Math.floor(sum / 0x10000)) & 0xffff;
}
