import type { Instant } from "@hawser/core";
import type { DnsEncodedSet } from "../message/answer.ts";
import type { DomainName } from "../name/domain-name.ts";
import type { AData } from "../records/a.ts";
import { decodeDnsData } from "../records/data-octets.ts";
import { DnsType } from "../records/types.ts";

/**
 * How far a set is believed (RFC 2181 §5.4.1). Glue and authority sections are not here: they never become answers, and
 * stay in the delegation they came with.
 */
export const Credibility = {
  /** From a server that does not claim authority. */
  answer: 1,
  /** From a server that does (AA). */
  authoritative: 2,
} as const;

/** A set of records as an answer, and what belongs to it. */
export interface PositiveEntry {
  readonly type: "positive";
  readonly set: DnsEncodedSet;
  /** The RRSIG records over the set. */
  readonly signatures: DnsEncodedSet | undefined;
  /** The DNAME that the set was made of, with its signatures: it goes before the set (RFC 6672 §3.1). */
  readonly moved: readonly DnsEncodedSet[];
  /** Records of the authority section that prove something, as for wildcards (RFC 4035 §3.1.3.3). */
  readonly proofs: readonly DnsEncodedSet[];
  /** Where a CNAME leads. */
  readonly target: DomainName | undefined;
  readonly credibility: number;
  readonly storedAt: Instant;
  readonly expiresAt: Instant;
}

/** That a name does not exist, or has no records of a type (RFC 2308). */
export interface NegativeEntry {
  readonly type: "negative";
  readonly rcode: number;
  /** SOA with its signatures, and NSEC or NSEC3 with theirs (RFC 2308 §3, RFC 4035 §3.1.3). */
  readonly authorities: readonly DnsEncodedSet[];
  readonly credibility: number;
  readonly storedAt: Instant;
  readonly expiresAt: Instant;
}

/** What is known of a name and a type. */
export type RecursionEntry = NegativeEntry | PositiveEntry;

/** The seconds that are left of a TTL. */
export function ttlLeft(ttl: number, { expiresAt }: RecursionEntry, now: Instant): number {
  return Math.max(0, Math.min(ttl, Math.ceil((expiresAt - now) / 1_000)));
}

/** The addresses of an A or AAAA set; none for everything else. */
export function addressesIn(entry: RecursionEntry | undefined): readonly string[] {
  if (entry?.type !== "positive") return [];
  const type = entry.set.type === DnsType.A ? "A" : entry.set.type === DnsType.AAAA ? "AAAA" : undefined;
  return type === undefined ? [] : entry.set.data.map((octets) => (decodeDnsData(type, octets) as AData).address);
}
