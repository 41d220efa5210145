import type { DomainName } from "../name/domain-name.ts";
import { plainName } from "./fields/names.ts";
import { typeBitmap } from "./fields/types.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** What exists at a name, and which name comes next: so nothing lies between (RFC 4034 §4.1). */
export interface NsecData {
  readonly next: DomainName;
  readonly types: readonly string[];
}

/** NSEC: see {@link NsecData} */
export const nsecRecord: DnsRecordType<"NSEC", NsecData> = recordOf("NSEC", {
  next: plainName,
  types: typeBitmap,
});
