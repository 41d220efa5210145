import {
  backoff,
  type Cancellable,
  ConnectionError,
  type Reactor,
  reportFault,
  Semaphore,
  StateError,
} from "@hawser/core";
import type { Zone } from "../../authority/zone.ts";
import type { ZoneTable } from "../../authority/zone-table.ts";
import { DnsClient } from "../../client/dns-client.ts";
import type { DnsExchanger } from "../../client/exchanger.ts";
import { DnsProtocolError } from "../../errors.ts";
import { parseDomainName } from "../../name/domain-name.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import { decodeDnsSet } from "../../serving/sets.ts";
import { DnsOpcode, DnsRcode } from "../../words.ts";
import { type NotifyTarget, nameServerTargets, placeOfTarget } from "./targets.ts";

/** Who is told of new versions, and how stubbornly. */
export interface ZoneNotifierOptions {
  /** Told beside the name servers of each zone. Default: nobody. */
  readonly targets?: readonly NotifyTarget[] | undefined;
  /** Whether the name servers of each zone are told, but its primary. Default true. */
  readonly nameServers?: boolean | undefined;
  /** How long after a new version it is told, together with those that follow meanwhile. Default 1,000 ms. */
  readonly delayMs?: number | undefined;
  /** How often each is told before it is left alone until the next version. Default 5 (RFC 1996 §3.6). */
  readonly attemptsMax?: number | undefined;
  /** Default: a `DnsClient` of its own. */
  readonly exchanger?: DnsExchanger | undefined;
}

/** What a notifier has done. */
export interface ZoneNotifierCounters {
  /** Notices that were answered. */
  readonly heard: number;
  /** Those that were answered with an error. */
  readonly refused: number;
  /** Those that stayed without an answer, however often they were sent. */
  readonly unheard: number;
}

/** Notices and lookups under way at once; more wait. A server with ten thousand zones has as many to send when it starts. */
const noticesMax = 50;

/** Waits between notices that nobody answers: the exchange itself repeats each for some seconds. */
const waits = { initialMs: 15_000, maxMs: 120_000 } as const;

/**
 * Tells secondaries of each new version of a zone (RFC 1996), and of every zone once when the server starts. Nothing is
 * told twice at a time: versions that come while a secondary is being told are told when it has answered.
 */
export class ZoneNotifier implements DnsPlugin {
  readonly name = "notifier";
  readonly wrap: DnsPlugin["wrap"] = (next) => next;
  readonly #table: ZoneTable;
  readonly #options: ZoneNotifierOptions;
  readonly #permits = new Semaphore(noticesMax);
  readonly #watched = new Map<Zone, () => void>();
  /** What is being told, by zone and target. */
  readonly #tasks = new Map<string, Promise<void>>();
  readonly #counters = { heard: 0, refused: 0, unheard: 0 };
  #world: { readonly reactor: Reactor; readonly exchanger: DnsExchanger; readonly stop: AbortController } | undefined;
  #ownClient: DnsClient | undefined;

  constructor(table: ZoneTable, options: ZoneNotifierOptions = {}) {
    this.#table = table;
    this.#options = options;
  }

  get counters(): ZoneNotifierCounters {
    return { ...this.#counters };
  }

  started(reactor: Reactor): void {
    const { exchanger } = this.#options;
    if (exchanger === undefined) this.#ownClient = new DnsClient(reactor);
    this.#world = { reactor, exchanger: exchanger ?? this.#ownClient!, stop: new AbortController() };
    for (const zone of this.#table) this.watch(zone);
  }

  async stopped(): Promise<void> {
    for (const unwatch of this.#watched.values()) unwatch();
    this.#watched.clear();
    this.#world?.stop.abort(new StateError("Cannot tell secondaries: the server stops"));
    await Promise.all(this.#tasks.values());
    await this.#ownClient?.[Symbol.asyncDispose]();
    this.#world = this.#ownClient = undefined;
  }

  /** Tells the version of a zone that came into the table after the start, and all that follow. */
  watch(zone: Zone): void {
    if (this.#world === undefined || this.#watched.has(zone)) return;
    this.#watched.set(
      zone,
      zone.onChange(() => this.notify(zone)),
    );
    this.notify(zone);
  }

  /** Forgets a zone: its next versions are not told. */
  unwatch(zone: Zone): void {
    this.#watched.get(zone)?.();
    this.#watched.delete(zone);
  }

  /** Tells the present version of a zone to all who are to know it. */
  notify(zone: Zone): void {
    if (this.#world !== undefined) this.#begin(`zone ${zone.origin.key}`, zone, () => this.#tellAll(zone));
  }

  /** Runs one task of a name at a time, and once more when the zone went on from the version that it told. */
  #begin(name: string, zone: Zone, task: () => Promise<number>): void {
    if (this.#tasks.has(name)) return;
    const { signal } = this.#world!.stop;
    const run = async (): Promise<void> => {
      try {
        while ((await task()) !== zone.serial) signal.throwIfAborted();
      } catch (error) {
        if (!signal.aborted) reportFault(error, "ZoneNotifier");
      }
      this.#tasks.delete(name);
    };
    this.#tasks.set(name, run());
  }

  /** Waits for more versions, and begins with each target. Gives the version that they are told. */
  async #tellAll(zone: Zone): Promise<number> {
    const { reactor, stop } = this.#world!;
    await reactor.clock.sleep(this.#options.delayMs ?? 1_000, stop);
    const { serial } = zone;
    for (const target of await this.#targetsOf(zone, stop)) {
      const { transport, host, port } = placeOfTarget(target);
      this.#begin(`${transport} ${host} ${port} ${zone.origin.key}`, zone, () => this.#tell(zone, target));
    }
    return serial;
  }

  async #targetsOf(zone: Zone, options: Cancellable): Promise<readonly NotifyTarget[]> {
    const { targets = [], nameServers = true } = this.#options;
    const named = targets.filter(({ zones }) => zones === undefined || zones.some((one) => isName(one, zone)));
    if (!nameServers) return named;
    const lookUp = () => nameServerTargets(zone, this.#world!.reactor, options);
    return [...named, ...(await this.#permits.run(lookUp, options))];
  }

  /** Until it has heard of the version, or was told often enough, or there is another. Gives the version. */
  async #tell(zone: Zone, target: NotifyTarget): Promise<number> {
    const { reactor, stop } = this.#world!;
    const { serial } = zone;
    const pauses = backoff({ ...waits, random: reactor.random });
    for (let attempts = this.#options.attemptsMax ?? 5; ; attempts--) {
      const isHeard = await this.#permits.run(() => this.#isHeard(zone, target), stop);
      if (isHeard || zone.serial !== serial) return serial;
      if (attempts <= 1) break;
      await reactor.clock.sleep(pauses.next().value, stop);
    }
    this.#counters.unheard++;
    return serial;
  }

  /** Any answer is one: who refuses notices does not want more of them (RFC 1996 §3.12). */
  async #isHeard(zone: Zone, target: NotifyTarget): Promise<boolean> {
    const { exchanger, stop } = this.#world!;
    const { origin: name, class: of, soa } = zone;
    const questions = [{ name, type: "SOA", class: of } as const];
    const notice = { opcode: DnsOpcode.notify, authoritative: true, questions, answers: decodeDnsSet(soa) };
    try {
      const options = { signal: stop.signal, tsigKey: target.tsigKey };
      const { rcode } = await exchanger.exchange(notice, placeOfTarget(target), options);
      this.#counters[rcode === DnsRcode.noError ? "heard" : "refused"]++;
      return true;
    } catch (error) {
      stop.signal.throwIfAborted();
      if (error instanceof ConnectionError || error instanceof DnsProtocolError) return false;
      throw error;
    }
  }
}

function isName(name: NonNullable<NotifyTarget["zones"]>[number], { origin }: Zone): boolean {
  return (typeof name === "string" ? parseDomainName(name) : name).equals(origin);
}
