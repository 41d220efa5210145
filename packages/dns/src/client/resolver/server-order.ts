import type { Instant } from "@hawser/core";
import type { DnsServerPlace } from "../exchanger.ts";
import { formatDnsServer } from "../server-place.ts";

/**
 * Which of several servers is asked first: always that which stands first; each in its turn; or the quickest, by its smoothed
 * time, with a look at the others now and then.
 */
export type DnsServerStrategy = "fastest" | "in-order" | "rotate";

interface Record {
  smoothedMs: number | undefined;
  failedAt: Instant;
}

/** How long a server that did not answer stands behind the others. */
const avoidedMs = 30_000;

/** What those not asked are thought to gain with every question, so that they are tried again (as BIND ages its servers). */
const ageing = 0.98;

/** Puts servers into the order in which they are asked. */
export class ServerOrder {
  readonly #strategy: DnsServerStrategy;
  readonly #records = new Map<string, Record>();
  #turn = 0;

  constructor(strategy: DnsServerStrategy) {
    this.#strategy = strategy;
  }

  /** Those that failed lately come last, whatever the strategy. */
  order(servers: readonly DnsServerPlace[], now: Instant): readonly DnsServerPlace[] {
    if (servers.length < 2) return servers;
    const inOrder = this.#byStrategy(servers);
    const isAvoided = (place: DnsServerPlace): boolean => now - this.#of(place).failedAt < avoidedMs;
    return [...inOrder.filter((place) => !isAvoided(place)), ...inOrder.filter(isAvoided)];
  }

  answered(place: DnsServerPlace, ms: number): void {
    const record = this.#of(place);
    record.failedAt = Number.NEGATIVE_INFINITY;
    record.smoothedMs = record.smoothedMs === undefined ? ms : record.smoothedMs + (ms - record.smoothedMs) / 8;
  }

  failed(place: DnsServerPlace, now: Instant): void {
    this.#of(place).failedAt = now;
  }

  #byStrategy(servers: readonly DnsServerPlace[]): readonly DnsServerPlace[] {
    if (this.#strategy === "in-order") return servers;
    if (this.#strategy === "rotate") {
      const first = this.#turn++ % servers.length;
      return [...servers.slice(first), ...servers.slice(0, first)];
    }
    const [first, ...others] = [...servers].sort((one, other) => this.#speed(one) - this.#speed(other));
    for (const place of others) {
      const record = this.#of(place);
      if (record.smoothedMs !== undefined) record.smoothedMs *= ageing;
    }
    return [first!, ...others];
  }

  /** Who was never asked is asked first. */
  #speed(place: DnsServerPlace): number {
    return this.#of(place).smoothedMs ?? 0;
  }

  #of(place: DnsServerPlace): Record {
    const key = formatDnsServer(place);
    let record = this.#records.get(key);
    if (record === undefined) {
      if (this.#records.size >= recordsMax) this.#records.clear();
      record = { smoothedMs: undefined, failedAt: Number.NEGATIVE_INFINITY };
      this.#records.set(key, record);
    }
    return record;
  }
}

/** Servers change when resolv.conf does; nobody has so many at once. */
const recordsMax = 256;
