import { strings } from "./fields/strings.ts";
import { alsoCalled, type DnsRecordType, recordOf } from "./record-type.ts";

/** Text, in character-strings of at most 255 octets each (RFC 1035 §3.3.14). `dnsStringsOf` and `dnsTextOf` cut and join it. */
export interface TxtData {
  /** One character for each octet. */
  readonly strings: readonly string[];
}

/** TXT: see {@link TxtData} */
export const txtRecord: DnsRecordType<"TXT", TxtData> = recordOf("TXT", {
  strings: strings,
});

/** SPF: what a domain says about its senders; obsolete, TXT is used (RFC 7208 §3.1). */
export const spfRecord: DnsRecordType<"SPF", TxtData> = alsoCalled("SPF", txtRecord);

/** AVC: application visibility and control; the form of TXT (IANA). */
export const avcRecord: DnsRecordType<"AVC", TxtData> = alsoCalled("AVC", txtRecord);

/** RESINFO: what a resolver can do (RFC 9606). */
export const resinfoRecord: DnsRecordType<"RESINFO", TxtData> = alsoCalled("RESINFO", txtRecord);
