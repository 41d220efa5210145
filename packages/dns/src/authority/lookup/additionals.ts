import type { DnsEncodedSet } from "../../message/answer.ts";
import { type DomainName, nameOfWire } from "../../name/domain-name.ts";
import { latin1Of } from "../../name/octets.ts";
import { DnsType } from "../../records/types.ts";
import type { ZoneLookup } from "./zone-lookup.ts";
import type { ZoneNode } from "./zone-node.ts";

/** Names that addresses are looked up for in one answer: more would not fit into it. */
const targetsMax = 64;

/** Where in the data of a type the name stands whose addresses are wanted next. */
const nameAt: ReadonlyMap<number, number> = new Map([
  [DnsType.NS, 0],
  [DnsType.MX, 2],
  [DnsType.AFSDB, 2],
  [DnsType.RT, 2],
  [DnsType.KX, 2],
  [DnsType.SRV, 6],
  [DnsType.SVCB, 2],
  [DnsType.HTTPS, 2],
]);

/** The name that a record points at, for the types whose targets' addresses are wanted. */
export function pointedAt(type: number, data: Uint8Array, owner: DomainName): DomainName | undefined {
  const start = nameAt.get(type);
  if (start === undefined || start >= data.length) return undefined;
  let end = start;
  while (end < data.length && data[end] !== 0) end += data[end]! + 1;
  if (end >= data.length) return undefined;
  const isOwner = end === start && (type === DnsType.SVCB || type === DnsType.HTTPS); // RFC 9460 §2.5
  return isOwner ? owner : nameOfWire(latin1Of(data, start, end + 1));
}

/** Addresses of what the sets of an answer point at, as far as the zone has authority over them (RFC 1034 §4.3.2, step 6). */
export function additionalsOf(
  sets: readonly DnsEncodedSet[],
  zone: ZoneLookup,
  dnssecOk: boolean,
): readonly DnsEncodedSet[] {
  const found: DnsEncodedSet[] = [];
  const isGlueWanted = sets.some(({ type }) => type === DnsType.NS);
  for (const target of targetsOf(sets)) {
    if (!target.isWithin(zone.contents.origin)) continue;
    const node = zone.nodes.get(target) ?? madeFrom(target, zone);
    if (node === undefined || (node.cut !== undefined && !isGlueWanted)) continue;
    const own = (set: DnsEncodedSet): DnsEncodedSet => (node.name.key === target.key ? set : { ...set, name: target });
    for (const set of addressesOf(node)) {
      found.push(own(set));
      const signatures = dnssecOk ? node.signatures(set.type) : undefined;
      if (signatures !== undefined) found.push(own(signatures));
    }
  }
  return found;
}

/** The wildcard that a name is made from which does not exist itself. */
function madeFrom(name: DomainName, zone: ZoneLookup): ZoneNode | undefined {
  const encloser = zone.closestEncloser(name);
  const isAway = encloser.cut !== undefined || encloser.set(DnsType.DNAME) !== undefined;
  return isAway ? undefined : zone.wildcardOf(encloser);
}

/**
 * Addresses of the servers of a delegation: first those that lie below it, without which nobody gets there (RFC 9471 §3.1),
 * then those elsewhere in the zone.
 */
export function glueOf(
  servers: DnsEncodedSet,
  zone: ZoneLookup,
): { readonly additionals: readonly DnsEncodedSet[]; readonly requiredAdditionals: number } {
  const [inside, beside]: [DnsEncodedSet[], DnsEncodedSet[]] = [[], []];
  for (const target of targetsOf([servers])) {
    const node = zone.nodes.get(target);
    if (node !== undefined) (target.isWithin(servers.name) ? inside : beside).push(...addressesOf(node));
  }
  return { additionals: [...inside, ...beside], requiredAdditionals: inside.length };
}

function targetsOf(sets: readonly DnsEncodedSet[]): Iterable<DomainName> {
  const targets = new Map<string, DomainName>();
  for (const { type, data, name } of sets) {
    if (!nameAt.has(type)) continue;
    for (const octets of data.slice(0, targetsMax)) {
      const target = pointedAt(type, octets, name);
      if (target !== undefined && targets.size < targetsMax) targets.set(target.key, target);
    }
  }
  return targets.values();
}

function addressesOf(node: ZoneNode): readonly DnsEncodedSet[] {
  return node.sets.filter(({ type }) => type === DnsType.A || type === DnsType.AAAA);
}
