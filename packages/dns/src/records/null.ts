import { alsoCalled, type DnsRecordType } from "./record-type.ts";
import { type OpaqueData, unknownData } from "./unknown.ts";

/** NULL: anything at all (RFC 1035 §3.3.10); in text as data of an unknown type are. */
export const nullRecord: DnsRecordType<"NULL", OpaqueData> = alsoCalled("NULL", unknownData);
