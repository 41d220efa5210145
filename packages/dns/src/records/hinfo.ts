import { string } from "./fields/strings.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** What a host is; today the answer to ANY (RFC 1035 §3.3.2, RFC 8482 §4.2). */
export interface HinfoData {
  readonly cpu: string;
  readonly os: string;
}

/** HINFO: see {@link HinfoData} */
export const hinfoRecord: DnsRecordType<"HINFO", HinfoData> = recordOf("HINFO", {
  cpu: string,
  os: string,
});
