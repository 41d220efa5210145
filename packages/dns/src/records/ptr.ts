import type { DomainName } from "../name/domain-name.ts";
import { compressedName } from "./fields/names.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** A name that this one leads to, as from an address back to its name (RFC 1035 §3.3.12). */
export interface PtrData {
  readonly target: DomainName;
}

/** PTR: see {@link PtrData} */
export const ptrRecord: DnsRecordType<"PTR", PtrData> = recordOf("PTR", {
  target: compressedName,
});
