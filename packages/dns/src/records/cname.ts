import type { DomainName } from "../name/domain-name.ts";
import { compressedName } from "./fields/names.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** The name that this is an alias of (RFC 1035 §3.3.1). */
export interface CnameData {
  readonly target: DomainName;
}

/** CNAME: see {@link CnameData} */
export const cnameRecord: DnsRecordType<"CNAME", CnameData> = recordOf("CNAME", {
  target: compressedName,
});
