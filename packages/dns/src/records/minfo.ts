import type { DomainName } from "../name/domain-name.ts";
import { loweredName } from "./fields/names.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** Who answers for a mailing list (RFC 1035 §3.3.7). */
export interface MinfoData {
  readonly responsible: DomainName;
  readonly errors: DomainName;
}

/** MINFO: see {@link MinfoData} */
export const minfoRecord: DnsRecordType<"MINFO", MinfoData> = recordOf("MINFO", {
  responsible: loweredName,
  errors: loweredName,
});
