import type { DomainName } from "../name/domain-name.ts";
import { compressedName } from "./fields/names.ts";
import { uint16 } from "./fields/numbers.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** Who takes mail for a name (RFC 1035 §3.3.9). */
export interface MxData {
  /** The lowest is tried first. */
  readonly preference: number;
  /** The root says that there is no mail (RFC 7505 §3). */
  readonly exchange: DomainName;
}

/** MX: see {@link MxData} */
export const mxRecord: DnsRecordType<"MX", MxData> = recordOf("MX", {
  preference: uint16,
  exchange: compressedName,
});
