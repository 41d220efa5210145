import type { DomainName } from "../name/domain-name.ts";
import type { DnsRecordData } from "./data.ts";
import type { DnsRecordTypeName, DnsUnknownTypeName } from "./types.ts";
import type { OpaqueData } from "./unknown.ts";

/** What all records have in common (RFC 1035 §3.2.1). */
export interface DnsRecordHead {
  /** Whose record it is. */
  readonly name: DomainName;
  /** One of {@link DnsClass}, nearly always `DnsClass.in`. */
  readonly class: number;
  /** Seconds that the record may be kept; at most 2,147,483,647, and more counts as 0 (RFC 2181 §8). */
  readonly ttl: number;
}

/** A record of one type. */
export interface DnsRecordOf<Type extends DnsRecordTypeName> extends DnsRecordHead {
  readonly type: Type;
  readonly data: DnsRecordData[Type];
}

/**
 * A record whose data nobody takes apart: of a type that has no name here (RFC 3597 §3); or of one that has, and which is
 * called by its number because its data are empty, as in dynamic updates (RFC 2136 §2.4).
 */
export interface DnsUnknownRecord extends DnsRecordHead {
  readonly type: DnsUnknownTypeName;
  readonly data: OpaqueData;
}

/** A record of any type: `record.type === "MX"` tells what its data are. */
export type DnsRecord = DnsUnknownRecord | { [Type in DnsRecordTypeName]: DnsRecordOf<Type> }[DnsRecordTypeName];

/** The data of a type, by its name. */
export type DnsDataOf<Type extends string> = Type extends DnsRecordTypeName ? DnsRecordData[Type] : OpaqueData;
