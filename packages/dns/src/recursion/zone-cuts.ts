import type { Instant } from "@hawser/core";
import { SieveMap } from "../cache/sieve-map.ts";
import { type DomainName, rootName } from "../name/domain-name.ts";
import { DnsType } from "../records/types.ts";
import { delegationTtlMax } from "./limits.ts";
import type { ZoneReferral } from "./read-referral.ts";
import { cutOfHints, type RootHints } from "./root-hints.ts";
import type { ZoneCut } from "./zone-cut.ts";

/** How many delegations are remembered. */
const cutsMax = 50_000;

/**
 * Delegations, as those above said. What a zone says about its own name servers is never heard here, and no delegation
 * outlives the one above it: a zone that its parent has taken out of the world is gone when the parent's word is out of
 * date (ghost domains, CVE-2012-1033, and their grandchildren, CVE-2022-30698).
 */
export class ZoneCuts {
  #hints: ZoneCut;
  readonly #configured: ReadonlyMap<string, ZoneCut>;
  readonly #learned = new SieveMap<string, ZoneCut>({ entriesMax: cutsMax });
  #root: ZoneCut | undefined;

  constructor(hints: RootHints, configured: readonly ZoneCut[] = []) {
    this.#hints = cutOfHints(hints);
    this.#configured = new Map(configured.map((cut) => [cut.zone.key, cut]));
  }

  get count(): number {
    return this.#learned.size;
  }

  /** The zone nearest above a name that it is known whom to ask about. Of DS records the zone above knows (RFC 4035 §3.1.4.1). */
  closest(name: DomainName, type: number, now: Instant): ZoneCut {
    const start = type === DnsType.DS ? name.parent() : name;
    for (let at = start; at !== undefined && !at.isRoot; at = at.parent()) {
      const cut = this.#configured.get(at.key) ?? this.#fresh(at, now);
      if (cut !== undefined) return cut;
    }
    return this.#configured.get(rootName.key) ?? this.root(now);
  }

  /** Whether the operator said who is asked about a name, or about a zone above it and below `zone`. */
  isConfiguredBelow(name: DomainName, zone: DomainName): boolean {
    if (this.#configured.size === 0) return false;
    for (let at: DomainName | undefined = name; at?.isWithin(zone); at = at.parent())
      if (this.#configured.has(at.key)) return true;
    return false;
  }

  /** The root's servers: as they say themselves, or as the hints do (RFC 9609 §2). */
  root(now: Instant): ZoneCut {
    return this.#root !== undefined && this.#root.expiresAt > now ? this.#root : this.#hints;
  }

  /** Whether the root's servers said who they are, and for how long (RFC 9609 §3). */
  isPrimed(now: Instant): boolean {
    return this.#configured.has(rootName.key) || this.root(now) !== this.#hints;
  }

  /** Begins with other hints. */
  begin(hints: RootHints): void {
    this.#hints = cutOfHints(hints);
    this.#root = undefined;
  }

  /** Keeps who serves the root, if it is told where at least one of them is. */
  prime(root: ZoneReferral, now: Instant): void {
    if (root.glue.size === 0) return;
    this.#root = { ...cutOf(root, now, now + root.ttl * 1_000), mode: "hints" };
  }

  /** Keeps a delegation by the servers of the zone above. */
  learn(referral: ZoneReferral, above: ZoneCut, now: Instant): ZoneCut {
    const endOfAbove = above.mode === "hints" ? Number.POSITIVE_INFINITY : above.expiresAt;
    const expiresAt = now + Math.min(referral.ttl, delegationTtlMax) * 1_000;
    const cut = cutOf(referral, now, Math.min(expiresAt, endOfAbove));
    this.#learned.set(cut.zone.key, cut, octetsOf(cut));
    return cut;
  }

  forget(zone: DomainName): void {
    this.#learned.delete(zone.key);
  }

  #fresh(zone: DomainName, now: Instant): ZoneCut | undefined {
    const cut = this.#learned.get(zone.key);
    if (cut === undefined || cut.expiresAt > now) return cut;
    this.#learned.delete(zone.key);
    return undefined;
  }
}

function cutOf({ zone, names, glue }: ZoneReferral, learnedAt: Instant, expiresAt: Instant): ZoneCut {
  return { zone, mode: "delegation", names, glue, places: [], learnedAt, expiresAt };
}

/** What a delegation takes in memory, roughly. */
function octetsOf({ zone, names, glue }: ZoneCut): number {
  let octets = 400 + 2 * zone.octetCount;
  for (const name of names) octets += 100 + 2 * name.octetCount;
  for (const addresses of glue.values()) octets += 100 + 60 * addresses.length;
  return octets;
}
