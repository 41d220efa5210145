import type { Clock, Instant, Timer } from "../clock.ts";
import { deadlineOn, sleepOn } from "../clocks.ts";
import type { Timeline } from "./timeline.ts";

/** How wrong a host's clock is. */
export interface ClockSkew {
  /** How far its wall clock is ahead. Default 0. */
  readonly offsetMs: number;
  /** How much faster its clocks run, in millionths (a quartz: ±20). Default 0. */
  readonly driftPpm: number;
}

/** When worlds begin, on clocks that are right: 2026-01-01T00:00:00Z. */
export const wallAtStart: number = 1_767_225_600_000;

/** The clock of one simulated host. */
export class VirtualClock implements Clock {
  readonly #timeline: Timeline;
  readonly #rate: number;
  readonly #offsetMs: number;
  readonly #host: string;

  constructor(timeline: Timeline, host: string, skew: ClockSkew) {
    this.#timeline = timeline;
    this.#host = host;
    this.#rate = 1 + skew.driftPpm / 1_000_000;
    this.#offsetMs = skew.offsetMs;
  }

  now(): Instant {
    return this.#timeline.now * this.#rate;
  }

  wall(): number {
    return Math.floor(wallAtStart + this.#offsetMs + this.now());
  }

  after(ms: number, run: () => void, options?: { readonly idle?: boolean | undefined }): Timer {
    if (!Number.isFinite(ms)) throw new RangeError(`Cannot wait ${ms} ms`);
    const kind = options?.idle ? "idle" : "timer";
    const what = `timer of ${ms} ms on host "${this.#host}"`;
    const happening = this.#timeline.after(ms / this.#rate, kind, run, what, new Error(what));
    return { cancel: () => this.#timeline.cancel(happening) };
  }

  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void> {
    return sleepOn(this, ms, options?.signal);
  }

  deadline(ms: number): AbortSignal {
    return deadlineOn(this, ms);
  }
}
