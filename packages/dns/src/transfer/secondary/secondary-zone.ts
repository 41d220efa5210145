import {
  type Cancellable,
  DeadlineTimer,
  type FileTree,
  HawserError,
  parseIp,
  type Reactor,
  reportFault,
  type Semaphore,
  StateError,
} from "@hawser/core";
import type { Zone, ZoneOptions } from "../../authority/zone.ts";
import type { ZoneTable } from "../../authority/zone-table.ts";
import type { DnsExchanger } from "../../client/exchanger.ts";
import { type DomainName, parseDomainName } from "../../name/domain-name.ts";
import type { DnsRequest } from "../../serving/request.ts";
import { DnsClass } from "../../words.ts";
import { type ZoneAccess, type ZoneAccessRule, zoneAccess } from "../access.ts";
import { formatPrimary, type ZonePrimary } from "../in/primary.ts";
import type { ZoneTransferLimits } from "../limits.ts";
import { soaOf } from "../soa.ts";
import { type Refreshed, refreshFrom } from "./refresh.ts";
import { SecondaryCopy } from "./secondary-copy.ts";
import type { SecondaryZoneStatus } from "./status.ts";
import { type SecondaryTimerLimits, SecondaryTimers } from "./timers.ts";
import { ZoneSpool } from "./zone-spool.ts";

/** A zone whose copy we keep. */
export interface SecondaryZoneOptions {
  readonly origin: DomainName | string;
  /** Default IN. */
  readonly class?: number | undefined;
  /** Asked in this order, until one has our version or a newer one. */
  readonly primaries: readonly ZonePrimary[];
  /** Whose notices make us ask at once. Default: the addresses of the primaries, if they are written as such. */
  readonly notifyFrom?: readonly ZoneAccessRule[] | undefined;
  readonly timers?: SecondaryTimerLimits | undefined;
  readonly limits?: ZoneTransferLimits | undefined;
  readonly zone?: ZoneOptions | undefined;
}

/** What all secondary zones of a server share. */
export interface SecondaryWorld {
  readonly reactor: Reactor;
  readonly exchanger: DnsExchanger;
  /** One for each refresh that is under way. */
  readonly permits: Semaphore;
  /** Where copies are kept. */
  readonly files: FileTree | undefined;
  /** Told when a copy comes into the table, or goes out of it. */
  changed(zone: Zone, isServed: boolean): void;
}

/** A whole copy is taken though nothing is new. */
export interface RefreshZoneOptions extends Cancellable {
  /** Default false. */
  readonly whole?: boolean | undefined;
}

interface Waiting {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * A copy of a zone, kept as its primaries have it: it asks them when the SOA says so, when they give notice, and when somebody
 * wants it. As long as the copy is good it stands in the table of zones.
 */
export class SecondaryZone {
  readonly origin: DomainName;
  readonly class: number;
  readonly #options: SecondaryZoneOptions;
  readonly #table: ZoneTable;
  readonly #hears: ZoneAccess;
  readonly #counters = { attempts: 0, failures: 0, axfr: 0, ixfr: 0, notices: 0 };
  #life: Life | undefined;
  #lastError: unknown;
  #lastPrimary: ZonePrimary | undefined;
  readonly #hangUps = new Map<ZonePrimary, number>();
  #wantsWhole = false;
  #waiting: Waiting[] = [];

  constructor(table: ZoneTable, options: SecondaryZoneOptions) {
    const { origin, primaries, notifyFrom } = options;
    if (primaries.length === 0) throw new RangeError("Cannot keep a copy of a zone: it has no primaries");
    this.origin = typeof origin === "string" ? parseDomainName(origin) : origin;
    this.class = options.class ?? DnsClass.in;
    this.#options = options;
    this.#table = table;
    const hosts = primaries.map(({ host }) => host).filter((host) => parseIp(host) !== undefined);
    this.#hears = zoneAccess(notifyFrom ?? [{ from: hosts }]);
  }

  /** The copy, while it is served. */
  get zone(): Zone | undefined {
    return this.#life?.copy.zone;
  }

  get status(): SecondaryZoneStatus {
    const { clock } = this.#life?.world.reactor ?? {};
    const timers = this.#life?.timers;
    const inMs = (at: number | undefined) => (at === undefined || !Number.isFinite(at) ? undefined : at - clock!.now());
    return {
      origin: String(this.origin),
      serial: this.zone?.serial,
      refreshInMs: inMs(timers?.dueAt),
      expiresInMs: inMs(timers?.expiresAt),
      primary: this.#lastPrimary && formatPrimary(this.#lastPrimary),
      lastError: this.#lastError,
      counters: { ...this.#counters },
    };
  }

  /** How long the copy may be served, for those who ask (RFC 7314 §3.3). */
  get expireSeconds(): number | undefined {
    const { expiresInMs } = this.status;
    return expiresInMs === undefined ? undefined : Math.max(0, Math.floor(expiresInMs / 1000));
  }

  /** Serves the copy that was kept, and begins to ask. @throws {FileError} when the file cannot be opened */
  async start(world: SecondaryWorld): Promise<void> {
    const { reactor, files } = world;
    const timers = new SecondaryTimers(reactor.random, this.#options.timers);
    const spool = files && new ZoneSpool(files, this.origin, this.class);
    const place = { reactor, spool, table: this.#table, options: this.#options.zone, changed: world.changed };
    const copy = new SecondaryCopy(place);
    const timer = new DeadlineTimer(reactor.clock, () => this.#wake());
    const refreshedAt = await copy.restore(this.#options.limits ?? {});
    this.#life = { world, timers, copy, timer, stop: new AbortController(), running: undefined };
    if (refreshedAt !== undefined) {
      const ageMs = Math.max(0, reactor.clock.wall() - refreshedAt);
      timers.restored(reactor.clock.now(), soaOf(copy.present.soa), ageMs);
    }
    this.#wake();
  }

  /** Asks no more. The copy stays where it is kept. */
  async stop(): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    life.timer.cancel();
    life.stop.abort(new StateError(`Cannot ask for the zone ${this.origin}: the server stops`));
    await life.running;
    this.#settle(life.stop.signal.reason);
    life.copy.withdraw();
    this.#life = undefined;
  }

  /**
   * Asks the primaries now, and resolves when our copy is as good as theirs.
   * @throws {ZoneTransferError} … @throws {ConnectionError} … @throws {AggregateError} of these, for several primaries
   */
  async refresh({ whole = false, signal }: RefreshZoneOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    const life = this.#life;
    if (life === undefined) throw new StateError(`Cannot ask for the zone ${this.origin}: its server has not started`);
    this.#wantsWhole ||= whole;
    const { promise, resolve, reject } = deferred<void>();
    const giveUp = (): void => reject(signal?.reason);
    signal?.addEventListener("abort", giveUp, { once: true });
    this.#waiting.push({ resolve, reject });
    life.timers.wanted(life.world.reactor.clock.now());
    this.#wake();
    return promise.finally(() => signal?.removeEventListener("abort", giveUp));
  }

  /** @internal Whether a notice is to be believed. */
  hears(request: DnsRequest): boolean {
    return this.#hears(request, this.origin);
  }

  /** @internal A primary says that it has a new version; perhaps which. */
  notified(serial: number | undefined): void {
    this.#counters.notices++;
    const isKnown = serial !== undefined && serial === this.zone?.serial && this.#lastError === undefined;
    if (isKnown || this.#life === undefined) return;
    this.#life.timers.notified(this.#life.world.reactor.clock.now());
    this.#wake();
  }

  /** Does what is due, and sets the timer for what will be. */
  #wake(): void {
    const life = this.#life;
    if (life === undefined || life.stop.signal.aborted) return;
    const now = life.world.reactor.clock.now();
    if (life.timers.expire(now)) life.copy.withdraw();
    if (life.timers.begin(now)) life.running = this.#attempt(life);
    const { deadline } = life.timers;
    life.timer.set(Number.isFinite(deadline) ? deadline : undefined);
  }

  /** Never rejects. */
  async #attempt(life: Life): Promise<void> {
    const { world, timers, copy, stop } = life;
    const [waiting, whole] = [this.#waiting, this.#wantsWhole];
    this.#waiting = [];
    this.#wantsWhole = false;
    this.#counters.attempts++;
    try {
      const refreshed = await world.permits.run(() => this.#refresh(life, whole), stop);
      await copy.keep();
      const { type, expireSeconds } = refreshed;
      timers.succeeded(world.reactor.clock.now(), soaOf(copy.present.soa), {
        expireSeconds,
        isNews: type !== "current",
      });
      this.#lastError = undefined;
      for (const { resolve } of waiting) resolve();
    } catch (error) {
      timers.failed(world.reactor.clock.now());
      this.#counters.failures++;
      this.#lastError = error;
      if (!(error instanceof HawserError || error instanceof AggregateError)) reportFault(error, "SecondaryZone");
      for (const { reject } of waiting) reject(error);
    }
    this.#wake();
  }

  async #refresh(life: Life, whole: boolean): Promise<Refreshed> {
    const { world, copy, stop } = life;
    const refreshed = await refreshFrom(this.#options.primaries, {
      reactor: world.reactor,
      exchanger: world.exchanger,
      signal: stop.signal,
      origin: this.origin,
      class: this.class,
      limits: this.#options.limits ?? {},
      whole,
      hangUps: this.#hangUps,
      copy: () => copy.zone,
      replace: (contents) => copy.replace(contents, whole, stop.signal),
      apply: (change) => copy.apply(change),
    });
    if (refreshed.type !== "current") this.#counters[refreshed.type]++;
    this.#lastPrimary = refreshed.primary;
    return refreshed;
  }

  #settle(reason: unknown): void {
    for (const { reject } of this.#waiting) reject(reason);
    this.#waiting = [];
  }
}

function deferred<Value>(): { promise: Promise<Value>; resolve(value: Value): void; reject(reason: unknown): void } {
  let ends!: { resolve(value: Value): void; reject(reason: unknown): void };
  const promise = new Promise<Value>((resolve, reject) => {
    ends = { resolve, reject };
  });
  return { promise, ...ends };
}

/** What there is between start and stop. */
interface Life {
  readonly world: SecondaryWorld;
  readonly timers: SecondaryTimers;
  readonly copy: SecondaryCopy;
  readonly timer: DeadlineTimer;
  readonly stop: AbortController;
  /** The attempt that is under way; it never rejects. */
  running: Promise<void> | undefined;
}
