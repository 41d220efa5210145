import type { DomainName } from "../name/domain-name.ts";
import { loweredName } from "./fields/names.ts";
import { uint16 } from "./fields/numbers.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** Where a service is (RFC 2782). */
export interface SrvData {
  /** The lowest is tried first. */
  readonly priority: number;
  /** The share among those of one priority. */
  readonly weight: number;
  readonly port: number;
  /** The root says that there is no such service. */
  readonly target: DomainName;
}

/** SRV: see {@link SrvData} */
export const srvRecord: DnsRecordType<"SRV", SrvData> = recordOf("SRV", {
  priority: uint16,
  weight: uint16,
  port: uint16,
  target: loweredName,
});
