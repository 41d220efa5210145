import type { DomainName } from "../name/domain-name.ts";
import { compressedName } from "./fields/names.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** A name server of a zone (RFC 1035 §3.3.11). */
export interface NsData {
  readonly nameServer: DomainName;
}

/** NS: see {@link NsData} */
export const nsRecord: DnsRecordType<"NS", NsData> = recordOf("NS", {
  nameServer: compressedName,
});
