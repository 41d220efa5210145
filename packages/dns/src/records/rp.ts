import type { DomainName } from "../name/domain-name.ts";
import { loweredName } from "./fields/names.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** Who is responsible for a name (RFC 1183 §2.2). */
export interface RpData {
  readonly mailbox: DomainName;
  /** Where a TXT record tells more; the root for nowhere. */
  readonly text: DomainName;
}

/** RP: see {@link RpData} */
export const rpRecord: DnsRecordType<"RP", RpData> = recordOf("RP", {
  mailbox: loweredName,
  text: loweredName,
});
