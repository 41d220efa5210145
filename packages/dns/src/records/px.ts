import type { DomainName } from "../name/domain-name.ts";
import { loweredName } from "./fields/names.ts";
import { uint16 } from "./fields/numbers.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** How X.400 names map to mail names (RFC 2163 §4). */
export interface PxData {
  readonly preference: number;
  readonly map822: DomainName;
  readonly mapX400: DomainName;
}

/** PX: see {@link PxData} */
export const pxRecord: DnsRecordType<"PX", PxData> = recordOf("PX", {
  preference: uint16,
  map822: loweredName,
  mapX400: loweredName,
});
