import { ipv6 } from "./fields/addresses.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** An IPv6 address (RFC 3596 §2.2). */
export interface AaaaData {
  /** `2001:db8::1` */
  readonly address: string;
}

/** AAAA: see {@link AaaaData} */
export const aaaaRecord: DnsRecordType<"AAAA", AaaaData> = recordOf("AAAA", {
  address: ipv6,
});
