import type { DomainName } from "../name/domain-name.ts";
import { loweredName } from "./fields/names.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** Where all names below this one have moved (RFC 6672 §2.1). */
export interface DnameData {
  readonly target: DomainName;
}

/** DNAME: see {@link DnameData} */
export const dnameRecord: DnsRecordType<"DNAME", DnameData> = recordOf("DNAME", {
  target: loweredName,
});
