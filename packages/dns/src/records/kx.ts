import type { DomainName } from "../name/domain-name.ts";
import { loweredName } from "./fields/names.ts";
import { uint16 } from "./fields/numbers.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** Who exchanges keys for a host (RFC 2230 §3.1). */
export interface KxData {
  readonly preference: number;
  readonly exchanger: DomainName;
}

/** KX: see {@link KxData} */
export const kxRecord: DnsRecordType<"KX", KxData> = recordOf("KX", {
  preference: uint16,
  exchanger: loweredName,
});
