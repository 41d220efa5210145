import type { DomainName } from "../name/domain-name.ts";
import { loweredName } from "./fields/names.ts";
import { uint16 } from "./fields/numbers.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** A server of an AFS cell or of DCE (RFC 1183 §1). */
export interface AfsdbData {
  readonly subtype: number;
  readonly host: DomainName;
}

/** AFSDB: see {@link AfsdbData} */
export const afsdbRecord: DnsRecordType<"AFSDB", AfsdbData> = recordOf("AFSDB", {
  subtype: uint16,
  host: loweredName,
});
