import { uint8 } from "./fields/numbers.ts";
import { hex, restOfOctets } from "./fields/octets.ts";
import { alsoCalled, type DnsRecordType, recordOf } from "./record-type.ts";

/** The certificate or key of a TLS server (RFC 6698 §2.1). */
export interface TlsaData {
  readonly usage: number;
  readonly selector: number;
  readonly matchingType: number;
  readonly association: Uint8Array;
}

/** TLSA: see {@link TlsaData} */
export const tlsaRecord: DnsRecordType<"TLSA", TlsaData> = recordOf("TLSA", {
  usage: uint8,
  selector: uint8,
  matchingType: uint8,
  association: restOfOctets(hex),
});

/** SMIMEA: the certificate of a user of S/MIME (RFC 8162 §2). */
export const smimeaRecord: DnsRecordType<"SMIMEA", TlsaData> = alsoCalled("SMIMEA", tlsaRecord);
