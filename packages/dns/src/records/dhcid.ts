import { base64, restOfOctets } from "./fields/octets.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** Which DHCP client holds a name (RFC 4701 §3.1). */
export interface DhcidData {
  readonly digest: Uint8Array;
}

/** DHCID: see {@link DhcidData} */
export const dhcidRecord: DnsRecordType<"DHCID", DhcidData> = recordOf("DHCID", {
  digest: restOfOctets(base64),
});
