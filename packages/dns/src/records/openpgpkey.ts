import { base64, restOfOctets } from "./fields/octets.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** An OpenPGP key of a user (RFC 7929 §2.1). */
export interface OpenpgpkeyData {
  readonly publicKey: Uint8Array;
}

/** OPENPGPKEY: see {@link OpenpgpkeyData} */
export const openpgpkeyRecord: DnsRecordType<"OPENPGPKEY", OpenpgpkeyData> = recordOf("OPENPGPKEY", {
  publicKey: restOfOctets(base64),
});
