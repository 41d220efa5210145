import type { DomainName } from "../name/domain-name.ts";
import { loweredName } from "./fields/names.ts";
import { uint16 } from "./fields/numbers.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** A host that relays to one without a direct route (RFC 1183 §3.3). */
export interface RtData {
  readonly preference: number;
  readonly host: DomainName;
}

/** RT: see {@link RtData} */
export const rtRecord: DnsRecordType<"RT", RtData> = recordOf("RT", {
  preference: uint16,
  host: loweredName,
});
