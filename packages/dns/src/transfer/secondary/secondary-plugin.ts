import { type Reactor, Semaphore } from "@hawser/core";
import type { Zone } from "../../authority/zone.ts";
import type { ZoneTable } from "../../authority/zone-table.ts";
import { DnsClient } from "../../client/dns-client.ts";
import type { DnsExchanger } from "../../client/exchanger.ts";
import type { DnsQuery } from "../../message/query.ts";
import { type DomainName, parseDomainName } from "../../name/domain-name.ts";
import { DnsType } from "../../records/types.ts";
import type { DnsAnswerer, DnsPlugin } from "../../serving/plugin.ts";
import { bareResponse, type DnsReply, dnsResponse } from "../../serving/reply.ts";
import type { DnsRequest } from "../../serving/request.ts";
import { DnsOpcode, DnsRcode } from "../../words.ts";
import type { ZoneNotifier } from "../notify/notifier.ts";
import { type SecondaryWorld, SecondaryZone, type SecondaryZoneOptions } from "./secondary-zone.ts";

/** What secondary zones share. */
export interface SecondaryPluginOptions {
  /**
   * The folder where copies are kept, as `reactor.files` takes it, so that they are served after a restart. It must be there.
   * Default: they are kept in memory only.
   */
  readonly folder?: string | undefined;
  /** Zones that are asked for at once; others wait. Default 20. */
  readonly refreshesMax?: number | undefined;
  /** Asks primaries over UDP. Default: a `DnsClient` of its own. */
  readonly exchanger?: DnsExchanger | undefined;
  /** Tells others of the versions that come, so that they take them from us. Default: nobody is told. */
  readonly notifier?: ZoneNotifier | undefined;
}

/**
 * Keeps copies of zones in the table, whose other plugins answer from them and give them on; answers notices (RFC 1996); and
 * SERVFAIL for zones that have no copy yet, or none that is good any more. It stands before the plugins that answer.
 *
 * ```ts no-run
 * const table = new ZoneTable();
 * const secondary = secondaryPlugin(table, [{ origin: "example.org", primaries: [{ host: "192.0.2.53" }] }]);
 * await listen(["udp:53", "tcp:53"], dnsServer([secondary, zonesPlugin(table)]));
 * ```
 *
 * @throws {RangeError} for a zone without primaries, or one named twice
 */
export function secondaryPlugin(
  table: ZoneTable,
  zones: readonly SecondaryZoneOptions[],
  options: SecondaryPluginOptions = {},
): SecondaryPlugin {
  return new SecondaryPlugin(table, zones, options);
}

/** The plugin that {@link secondaryPlugin} makes. */
export class SecondaryPlugin implements DnsPlugin {
  readonly name = "secondary";
  readonly #table: ZoneTable;
  readonly #options: SecondaryPluginOptions;
  readonly #zones = new Map<string, SecondaryZone>();
  /** Zones without a copy, which are few or none. */
  readonly #missing = new Set<string>();
  #ownClient: DnsClient | undefined;
  #world: SecondaryWorld | undefined;

  constructor(table: ZoneTable, zones: readonly SecondaryZoneOptions[], options: SecondaryPluginOptions) {
    this.#table = table;
    this.#options = options;
    for (const one of zones) this.#take(one);
  }

  /** All of them, in the order in which they were given. */
  get zones(): readonly SecondaryZone[] {
    return [...this.#zones.values()];
  }

  /** The secondary zone of this name. */
  zone(origin: DomainName | string): SecondaryZone | undefined {
    return this.#zones.get((typeof origin === "string" ? parseDomainName(origin) : origin).key);
  }

  wrap(next: DnsAnswerer): DnsAnswerer {
    return (request) => {
      const { query } = request;
      if (query.opcode === DnsOpcode.notify) return this.#notice(request);
      if (this.#missing.size > 0 && this.#isMissing(query)) return bareResponse(DnsRcode.servFail);
      const wantsExpiry = query.type === DnsType.SOA && query.opcode === DnsOpcode.query && query.edns !== undefined;
      return wantsExpiry ? this.#withExpiry(request, next) : next(request);
    };
  }

  async started(reactor: Reactor): Promise<void> {
    const { exchanger, refreshesMax = 20, folder } = this.#options;
    if (exchanger === undefined) this.#ownClient = new DnsClient(reactor);
    this.#world = {
      reactor,
      exchanger: exchanger ?? this.#ownClient!,
      permits: new Semaphore(refreshesMax),
      files: folder === undefined ? undefined : reactor.files(folder),
      changed: (zone, isServed) => this.#changed(zone, isServed),
    };
    try {
      for (const zone of this.#zones.values()) await zone.start(this.#world);
    } catch (error) {
      await this.stopped();
      throw error;
    }
  }

  async stopped(): Promise<void> {
    await Promise.all(this.zones.map((zone) => zone.stop()));
    await this.#ownClient?.[Symbol.asyncDispose]();
    this.#ownClient = this.#world = undefined;
  }

  /** Keeps a copy of one more zone, from now on. @throws {RangeError} when it has no primaries, or is kept already */
  async add(options: SecondaryZoneOptions): Promise<SecondaryZone> {
    const zone = this.#take(options);
    if (this.#world !== undefined) await zone.start(this.#world);
    return zone;
  }

  /** Serves a zone no more. Gives whether it was kept; what lies in the folder stays there. */
  async remove(origin: DomainName | string): Promise<boolean> {
    const zone = this.zone(origin);
    if (zone === undefined) return false;
    this.#zones.delete(zone.origin.key);
    await zone.stop();
    this.#missing.delete(zone.origin.key);
    return true;
  }

  #take(options: SecondaryZoneOptions): SecondaryZone {
    const zone = new SecondaryZone(this.#table, options);
    if (this.#zones.has(zone.origin.key)) throw new RangeError(`Cannot keep ${zone.origin} twice`);
    this.#zones.set(zone.origin.key, zone);
    this.#missing.add(zone.origin.key);
    return zone;
  }

  #changed(zone: Zone, isServed: boolean): void {
    const { notifier } = this.#options;
    if (isServed) this.#missing.delete(zone.origin.key);
    else this.#missing.add(zone.origin.key);
    if (isServed) notifier?.watch(zone);
    else notifier?.unwatch(zone);
  }

  /** Whether the closest zone of ours above a name has no copy. DS records are of the zone above (RFC 4035 §3.1.4.1). */
  #isMissing({ name, type }: DnsQuery): boolean {
    const from = type === DnsType.DS ? name.parent() : name;
    const found = from && this.#table.find(from);
    for (let at = from; at !== undefined; at = at.parent()) {
      if (at.key === found?.origin.key) return false;
      if (this.#missing.has(at.key)) return true;
    }
    return false;
  }

  /** Who is not a primary, or may not say so, is told (RFC 1996 §3.10). */
  #notice(request: DnsRequest): DnsReply {
    const { query } = request;
    const zone = this.#zones.get(query.name.key);
    if (zone === undefined || zone.class !== query.class) {
      const isOurs = this.#table.get(query.name)?.class === query.class;
      return bareResponse(isOurs ? DnsRcode.refused : DnsRcode.notAuth);
    }
    if (!zone.hears(request)) return bareResponse(DnsRcode.refused);
    if (query.type !== DnsType.SOA) return bareResponse(DnsRcode.notImp);
    const hint = query.isPlain ? undefined : query.message().answers.find(({ type }) => type === "SOA");
    zone.notified(hint?.type === "SOA" ? hint.data.serial : undefined);
    return dnsResponse({ authoritative: true });
  }

  /** Tells how long our copy may be served to those who ask (RFC 7314 §3.3). */
  #withExpiry(request: DnsRequest, next: DnsAnswerer): DnsReply | Promise<DnsReply> {
    const isAsked = request.query.edns!.options.some(({ type }) => type === "expire");
    const expireSeconds = isAsked ? this.#zones.get(request.query.name.key)?.expireSeconds : undefined;
    if (expireSeconds === undefined) return next(request);
    const option = { type: "expire", expireSeconds } as const;
    const told = (reply: DnsReply): DnsReply =>
      reply.type === "response" ? { ...reply, options: [...reply.options, option] } : reply;
    const reply = next(request);
    return reply instanceof Promise ? reply.then(told) : told(reply);
  }
}
