import { uint16, uint32 } from "./fields/numbers.ts";
import { typeBitmap } from "./fields/types.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** What a parent shall copy from its child (RFC 7477 §2.1). */
export interface CsyncData {
  readonly soaSerial: number;
  readonly flags: number;
  readonly types: readonly string[];
}

/** CSYNC: see {@link CsyncData} */
export const csyncRecord: DnsRecordType<"CSYNC", CsyncData> = recordOf("CSYNC", {
  soaSerial: uint32,
  flags: uint16,
  types: typeBitmap,
});
