import type { DomainName } from "../name/domain-name.ts";
import { loweredName } from "./fields/names.ts";
import { uint16 } from "./fields/numbers.ts";
import { string } from "./fields/strings.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** A rule that rewrites a name (RFC 3403 §4.1). */
export interface NaptrData {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly services: string;
  readonly regexp: string;
  readonly replacement: DomainName;
}

/** NAPTR: see {@link NaptrData} */
export const naptrRecord: DnsRecordType<"NAPTR", NaptrData> = recordOf("NAPTR", {
  order: uint16,
  preference: uint16,
  flags: string,
  services: string,
  regexp: string,
  replacement: loweredName,
});
