import { type Cancellable, HawserError, type Reactor } from "@hawser/core";
import type { Zone } from "../../authority/zone.ts";
import type { DnsServerPlace } from "../../client/exchanger.ts";
import type { DomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";
import { DnsType } from "../../records/types.ts";
import { decodeDnsSet } from "../../serving/sets.ts";
import type { TsigKey } from "../../tsig/key.ts";
import { soaOf } from "../soa.ts";

/** Who is told of new versions. */
export interface NotifyTarget {
  readonly host: string;
  /** Default 53. */
  readonly port?: number | undefined;
  /** Default `udp` (RFC 1996 §3.3). */
  readonly transport?: "tcp" | "tls" | "udp" | undefined;
  /** Signs the notice (RFC 8945). */
  readonly tsigKey?: TsigKey | undefined;
  /** Default: every zone. */
  readonly zones?: readonly (DomainName | string)[] | undefined;
}

/** Addresses of a zone's name servers are looked up for one name at a time, and no more names than these. */
const nameServersMax = 32;

/**
 * The name servers of a zone, but the one that its SOA calls the primary (RFC 1996 §2.1). Their addresses are the zone's own,
 * or else looked up; those that have none are left out.
 */
export async function nameServerTargets(
  zone: Zone,
  reactor: Reactor,
  options: Cancellable,
): Promise<readonly NotifyTarget[]> {
  const { primary } = soaOf(zone.soa);
  const others = nameServersOf(zone).filter((name) => !name.equals(primary));
  const targets: NotifyTarget[] = [];
  for (const name of others.slice(0, nameServersMax))
    for (const host of await addressesOf(name, zone, reactor, options)) targets.push({ host });
  return targets;
}

/** Where a target is told. */
export function placeOfTarget({ host, port, transport = "udp" }: NotifyTarget): DnsServerPlace {
  return { transport, host, port: port ?? (transport === "tls" ? 853 : 53) };
}

function nameServersOf(zone: Zone): readonly DomainName[] {
  return recordsAt(zone, zone.origin, DnsType.NS).flatMap((record) =>
    record.type === "NS" ? [record.data.nameServer] : [],
  );
}

async function addressesOf(
  name: DomainName,
  zone: Zone,
  reactor: Reactor,
  options: Cancellable,
): Promise<readonly string[]> {
  if (!name.isWithin(zone.origin)) return lookUp(name, reactor, options);
  const records = [...recordsAt(zone, name, DnsType.A), ...recordsAt(zone, name, DnsType.AAAA)];
  return records.flatMap((record) => (record.type === "A" || record.type === "AAAA" ? [record.data.address] : []));
}

async function lookUp(name: DomainName, { names }: Reactor, options: Cancellable): Promise<readonly string[]> {
  try {
    const addresses = await names.lookup(String(name).slice(0, -1), options);
    return addresses.map(({ host }) => host);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof HawserError) return []; // the next version tries again
    throw error;
  }
}

function recordsAt(zone: Zone, name: DomainName, type: number): readonly DnsRecord[] {
  const set = zone.set(name, type);
  return set === undefined ? [] : decodeDnsSet(set);
}
