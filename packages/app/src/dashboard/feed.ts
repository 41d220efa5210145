import type { LoggedEvent } from "../observe/event-log.ts";
import type { ApplicationObserver } from "../observe/observer.ts";
import type { RatePoint } from "../observe/rate-series.ts";
import { type DashboardSnapshot, snapshotOf } from "./snapshot.ts";

/** What the page gets when it connects, or when it was too slow for a tick: all there is. */
export interface DashboardHello extends DashboardSnapshot {
  readonly points: readonly RatePoint[];
  readonly events: readonly LoggedEvent[];
}

/** What it gets every second: how things stand, and what is new. */
export interface DashboardTick extends DashboardSnapshot {
  readonly point: RatePoint | undefined;
  readonly events: readonly LoggedEvent[];
}

/**
 * Server-sent events for all pages that are open. A tick is made once for all of them, and only when there are any; a page
 * that does not keep up misses ticks and never makes anything grow.
 */
export class DashboardFeed {
  readonly #observer: ApplicationObserver;
  /** Streams that have nothing to send now. */
  readonly #waiting = new Set<() => void>();
  #viewers = 0;
  #isOver = false;
  #number = 0;
  #lastEventId = 0;
  #tick: Uint8Array | undefined;

  constructor(observer: ApplicationObserver) {
    this.#observer = observer;
  }

  /** How many pages are open. */
  get viewers(): number {
    return this.#viewers;
  }

  /** A second has passed. */
  tick(): void {
    const { log, rates } = this.#observer;
    this.#number++;
    const events = log.since(this.#lastEventId);
    this.#lastEventId = log.lastId;
    const point = rates.points.at(-1);
    if (this.#viewers > 0)
      this.#tick = message("tick", { ...snapshotOf(this.#observer), point, events } satisfies DashboardTick);
    this.#wake();
  }

  /** Ends all streams, since the service stops. Browsers come back by themselves. */
  close(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** What one page gets, until it goes. */
  async *stream(signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    const wake = () => this.#wake();
    signal.addEventListener("abort", wake, { once: true });
    this.#viewers++;
    try {
      let seen = this.#number;
      yield this.#hello();
      for (;;) {
        if (this.#number === seen && !this.#isOver && !signal.aborted) await this.#wait();
        if (this.#isOver || signal.aborted) return;
        if (this.#number === seen) continue;
        const hasMissed = this.#number > seen + 1 || this.#tick === undefined;
        seen = this.#number;
        yield hasMissed ? this.#hello() : this.#tick!;
      }
    } finally {
      this.#viewers--;
      signal.removeEventListener("abort", wake);
    }
  }

  #hello(): Uint8Array {
    const { log, rates } = this.#observer;
    // Those after the last tick come with the next one.
    const events = log.since(0).filter(({ id }) => id <= this.#lastEventId);
    return message("hello", { ...snapshotOf(this.#observer), points: rates.points, events } satisfies DashboardHello);
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

/** One server-sent event (HTML §9.2). JSON has no line breaks of its own. */
function message(event: string, data: unknown): Uint8Array {
  return Buffer.from(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
