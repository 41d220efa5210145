import { ipv4 } from "./fields/addresses.ts";
import { uint16 } from "./fields/numbers.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** A locator of ILNP over IPv4 (RFC 6742 §2.2). */
export interface L32Data {
  readonly preference: number;
  /** `10.1.2.0` */
  readonly locator: string;
}

/** L32: see {@link L32Data} */
export const l32Record: DnsRecordType<"L32", L32Data> = recordOf("L32", {
  preference: uint16,
  locator: ipv4,
});
