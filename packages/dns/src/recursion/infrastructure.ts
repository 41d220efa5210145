import { parseIp, quote, type Random } from "@hawser/core";
import type { DnsServerPlace } from "../client/exchanger.ts";
import { parseDnsServer } from "../client/server-place.ts";
import { type DomainName, parseDomainName } from "../name/domain-name.ts";
import { addressFilter, neverAsked, privateNetworks } from "./address-filters.ts";
import { addressesIn, type RecursionEntry } from "./entries.ts";
import { RecursionFailures } from "./failures.ts";
import { type RecursionBounds, type RecursionLimits, recursionBounds } from "./limits.ts";
import { LocalZones } from "./local-zones.ts";
import { RecursionCache, type RecursionCacheOptions } from "./recursion-cache.ts";
import { ianaRootHints, type RootHints } from "./root-hints.ts";
import { ServerTable } from "./server-table.ts";
import type { ZoneCut } from "./zone-cut.ts";
import { ZoneCuts } from "./zone-cuts.ts";

/** Who is asked about a zone and all below it, whatever the Internet says of it: split DNS. */
export interface RecursionZone {
  /** `corp.example`, or `.` for everything. */
  readonly zone: string;
  /**
   * Whom to ask: `10.0.0.53`, `192.0.2.1#5353`, `tls://dns.example`, or what else `parseDnsServer` reads. All of them must know
   * the zone.
   */
  readonly servers: readonly (DnsServerPlace | string)[];
  /** `forward`: they resolve for us. `stub`: they serve the zone, and refer us to those who serve what is below. Default `forward`. */
  readonly mode?: "forward" | "stub" | undefined;
}

/** How names are resolved. */
export interface InfrastructureOptions {
  /** Chance: `reactor.random`. */
  readonly random: Random;
  /** Where resolution begins. Default: the root of the Internet. */
  readonly rootHints?: RootHints | undefined;
  /** The port of every server that has no place of its own. Default 53; tests have others. */
  readonly port?: number | undefined;
  /** Which addresses of servers are used. Default `both`. */
  readonly families?: "both" | "ipv4" | "ipv6" | undefined;
  /** How much slower a server's IPv4 address must be to be preferred, in ms: above 0 IPv6 has the advantage. Default 0. */
  readonly ipv6AdvantageMs?: number | undefined;
  /** Shows servers no more of a name than they need (RFC 9156). Default true. */
  readonly minimise?: boolean | undefined;
  /** Asks for signatures, so that they can be given to those who want them (RFC 4035 §3.2.1). Default true. */
  readonly dnssecOk?: boolean | undefined;
  readonly zones?: readonly RecursionZone[] | undefined;
  /** Zones that are asked about although RFC 6303 and RFC 6761 say that they are nobody's. Default: none. */
  readonly notLocal?: readonly string[] | undefined;
  /** Networks in which no name server is asked. Default: this host's own, and those of all hosts. */
  readonly neverAsked?: readonly string[] | undefined;
  /**
   * Refuses answers from the Internet with addresses of private networks, by which pages there reach into ours (DNS
   * rebinding). Names listed, and those below them, may have such. Default false: some networks live on it.
   */
  readonly refusePrivate?: boolean | { readonly except: readonly string[] } | undefined;
  readonly cache?: RecursionCacheOptions | undefined;
  readonly limits?: RecursionLimits | undefined;
}

/** What all resolutions share: what is known of names, zones and servers, and the rules. */
export class RecursionInfrastructure {
  readonly bounds: RecursionBounds;
  readonly cache: RecursionCache;
  readonly failures: RecursionFailures = new RecursionFailures();
  readonly cuts: ZoneCuts;
  readonly servers: ServerTable;
  readonly localZones: LocalZones;
  readonly random: Random;
  readonly isNeverAsked: (host: string) => boolean;
  readonly port: number;
  readonly families: "both" | "ipv4" | "ipv6";
  readonly ipv6AdvantageMs: number;
  readonly minimise: boolean;
  readonly dnssecOk: boolean;
  readonly #rebinding: (name: DomainName, host: string) => boolean;

  /**
   * @throws {RangeError} for limits, ports or networks that mean nothing
   * @throws {DnsTextError} for names that are none
   */
  constructor(options: InfrastructureOptions) {
    this.bounds = recursionBounds(options.limits);
    this.cache = new RecursionCache(options.cache);
    this.random = options.random;
    this.port = options.port ?? 53;
    const zones = (options.zones ?? []).map((zone) => cutOfZone(zone, this.port));
    this.cuts = new ZoneCuts(options.rootHints ?? ianaRootHints, zones);
    this.servers = new ServerTable(options.random, this.bounds);
    this.localZones = new LocalZones(options.notLocal);
    this.isNeverAsked = addressFilter(options.neverAsked ?? neverAsked);
    this.#rebinding = rebindingRule(options.refusePrivate ?? false);
    this.families = options.families ?? "both";
    this.ipv6AdvantageMs = options.ipv6AdvantageMs ?? 0;
    this.minimise = options.minimise ?? true;
    this.dnssecOk = options.dnssecOk ?? true;
  }

  /** Whether an answer from the Internet leads into a private network, and must not. */
  isRefused(name: DomainName, entry: RecursionEntry): boolean {
    return addressesIn(entry).some((host) => this.#rebinding(name, host));
  }

  /** The zone of ours that a name lies in, unless the operator said who is to be asked about it. */
  localZoneOf(name: DomainName): DomainName | undefined {
    const zone = this.localZones.zoneOf(name);
    return zone === undefined || this.cuts.isConfiguredBelow(name, zone) ? undefined : zone;
  }
}

function cutOfZone({ zone, servers, mode = "forward" }: RecursionZone, port: number): ZoneCut {
  if (servers.length === 0) throw new RangeError(`Cannot ask about ${quote(zone)}: there is no server`);
  return {
    zone: parseDomainName(zone),
    mode,
    names: [],
    glue: new Map(),
    places: servers.map((server) => (typeof server === "string" ? placeOf(server, port) : server)),
    learnedAt: Number.NEGATIVE_INFINITY,
    expiresAt: Number.POSITIVE_INFINITY,
  };
}

function placeOf(text: string, port: number): DnsServerPlace {
  return parseIp(text) === undefined ? parseDnsServer(text) : { transport: "udp", host: text, port };
}

function rebindingRule(
  refusePrivate: NonNullable<InfrastructureOptions["refusePrivate"]>,
): (name: DomainName, host: string) => boolean {
  if (refusePrivate === false) return () => false;
  const exempt = refusePrivate === true ? [] : refusePrivate.except.map((name) => parseDomainName(name));
  const isPrivate = addressFilter(privateNetworks);
  return (name, host) => isPrivate(host) && !exempt.some((zone) => name.isWithin(zone));
}
