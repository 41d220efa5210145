import type { DomainName } from "../name/domain-name.ts";
import { plainName } from "./fields/names.ts";
import { uint16 } from "./fields/numbers.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** The name that has the locators (RFC 6742 §2.4). */
export interface LpData {
  readonly preference: number;
  readonly target: DomainName;
}

/** LP: see {@link LpData} */
export const lpRecord: DnsRecordType<"LP", LpData> = recordOf("LP", {
  preference: uint16,
  target: plainName,
});
