import { ipv4 } from "./fields/addresses.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** An IPv4 address (RFC 1035 §3.4.1). */
export interface AData {
  /** `192.0.2.1` */
  readonly address: string;
}

/** A: see {@link AData} */
export const aRecord: DnsRecordType<"A", AData> = recordOf("A", {
  address: ipv4,
});
