import type { DnsEncodedSet } from "../../message/answer.ts";
import type { DomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";
import type { DnsResponse } from "../../serving/reply.ts";
import { decodeDnsSet } from "../../serving/sets.ts";
import type { DnsServerPlace } from "../exchanger.ts";

/** What a lookup found. */
export interface DnsAnswer<Found extends DnsRecord = DnsRecord> {
  /** The name that was found: of the search list, the first that had an answer. */
  readonly name: DomainName;
  /** Where its aliases lead; the name itself when it has none. */
  readonly canonicalName: DomainName;
  /** The records of the wanted type, at least one, with the seconds that they may still be kept. */
  readonly records: readonly Found[];
  /** The CNAME and DNAME records on the way. */
  readonly aliases: readonly DnsRecord[];
  /** Seconds: the least of all of them. */
  readonly ttl: number;
  /** A server that is trusted with it has validated everything (`trust-ad` of resolv.conf). */
  readonly authenticData: boolean;
  /** Its time is over, and nothing better was to be had (RFC 8767). */
  readonly isStale: boolean;
  /** Who answered; `undefined` when it was known: from the cache, the hosts file, or by itself. */
  readonly server: DnsServerPlace | undefined;
}

const decoded = new WeakMap<DnsResponse, readonly DnsRecord[]>();

/** The records of an answer. Caches give the same answer for a second, and it is read once. */
export function answerRecords(response: DnsResponse): readonly DnsRecord[] {
  let records = decoded.get(response);
  if (records === undefined) {
    records = response.answers.flatMap((set: DnsEncodedSet) => decodeDnsSet(set));
    decoded.set(response, records);
  }
  return records;
}

/** Puts an answer together. */
export function answerOf(init: Omit<DnsAnswer, "ttl">): DnsAnswer {
  const ttl = [...init.records, ...init.aliases].reduce((least, record) => Math.min(least, record.ttl), 0x7fffffff);
  return { ...init, ttl };
}
