import { uint8 } from "./fields/numbers.ts";
import { hex, restOfOctets } from "./fields/octets.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** The fingerprint of an SSH host key (RFC 4255 §3.1). */
export interface SshfpData {
  readonly algorithm: number;
  readonly fingerprintType: number;
  readonly fingerprint: Uint8Array;
}

/** SSHFP: see {@link SshfpData} */
export const sshfpRecord: DnsRecordType<"SSHFP", SshfpData> = recordOf("SSHFP", {
  algorithm: uint8,
  fingerprintType: uint8,
  fingerprint: restOfOctets(hex),
});
