import type { DnsMessage } from "../message/message.ts";
import type { DomainName } from "../name/domain-name.ts";
import type { NsData } from "../records/ns.ts";
import { DnsType } from "../records/types.ts";
import { DnsClass } from "../words.ts";
import type { ReplyContext } from "./reply-context.ts";
import type { Section } from "./section.ts";

/** Who serves a zone, as the servers of the zone above say. */
export interface ZoneReferral {
  readonly zone: DomainName;
  readonly names: readonly DomainName[];
  /** Addresses by the key of their server's name: those that the servers above may speak of. */
  readonly glue: ReadonlyMap<string, readonly string[]>;
  /** Seconds. */
  readonly ttl: number;
}

/** Servers that a referral names and addresses that it gives: a message could hold thousands. */
const namesMax = 26;
const addressesMax = 8;

/**
 * A referral leads down: from the zone that was asked to one below it, on the way to the name that was asked for. All others
 * are none, upward ones above all (RFC 1034 §4.3.2; Kaminsky, CVE-2008-1447).
 */
export function readReferral(
  message: DnsMessage,
  authorities: Section,
  { name, zone, isForwarder }: ReplyContext,
): ZoneReferral | undefined {
  const found = isForwarder ? undefined : authorities.setAbove(name, DnsType.NS);
  if (!found?.set.name.isBelow(zone)) return undefined;
  const names = found.records.slice(0, namesMax).map((record) => (record.data as NsData).nameServer);
  return { zone: found.set.name, names, glue: readGlue(message, names, zone), ttl: found.set.ttl };
}

/** Addresses of the servers named, as far as their names lie in the zone that was asked: its servers know of no others. */
export function readGlue(
  { additionals }: DnsMessage,
  names: readonly DomainName[],
  zone: DomainName,
): ReadonlyMap<string, readonly string[]> {
  const wanted = new Set(names.filter((name) => name.isWithin(zone)).map((name) => name.key));
  const glue = new Map<string, string[]>();
  for (const record of additionals) {
    if (record.type !== "A" && record.type !== "AAAA") continue;
    if (record.class !== DnsClass.in || !wanted.has(record.name.key)) continue;
    const addresses = glue.get(record.name.key) ?? [];
    if (addresses.length < addressesMax) glue.set(record.name.key, [...addresses, record.data.address]);
  }
  return glue;
}
