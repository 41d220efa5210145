import type { Instant } from "../clock.ts";
import { EventQueue, type QueuedEvent } from "./event-queue.ts";

/**
 * Why something is scheduled: a segment or datagram under way, a timer somebody waits for, or one that keeps nothing
 * alive (`idle`).
 */
export type HappeningKind = "network" | "timer" | "idle";

/** A happening of the world, at its time. */
export interface Happening extends QueuedEvent {
  readonly kind: HappeningKind;
  /** For people: `timer of 30000 ms`. */
  readonly what: string;
  /** The stack of the call that scheduled it, for timers. */
  readonly made: Error | undefined;
  readonly run: () => void;
}

/** Time is counted in 1,024ths of a millisecond, so that sums of times are exact. */
const ticksPerMs = 1_024;

/** The one time of a world. It stands still while code runs, and jumps to the next happening when all code waits. */
export class Timeline {
  readonly #queue = new EventQueue<Happening>();
  readonly #counts: Record<HappeningKind, number> = { network: 0, timer: 0, idle: 0 };
  #now: Instant = 0;
  #steps = 0;
  #order = 0;

  /** Virtual milliseconds since the world began. */
  get now(): Instant {
    return this.#now;
  }

  /** How many things have happened. */
  get steps(): number {
    return this.#steps;
  }

  /** When the next thing happens. */
  get next(): Instant | undefined {
    return this.#queue.first()?.at;
  }

  /** True when something is scheduled that is not idle. */
  get busy(): boolean {
    return this.#counts.network + this.#counts.timer > 0;
  }

  /** Timers that wait, in order of time. */
  timers(): Happening[] {
    return [...this.#queue].filter(({ kind }) => kind !== "network").sort((a, b) => a.at - b.at || a.order - b.order);
  }

  /** Schedules `run` for a time; one that is past means now. Times are rounded up to a tick. */
  at(time: Instant, kind: HappeningKind, run: () => void, what = "", made?: Error): Happening {
    const at = Math.max(this.#now, Math.ceil(time * ticksPerMs) / ticksPerMs);
    const happening: Happening = { at, order: this.#ordered(), slot: -1, kind, what, made, run };
    this.#queue.add(happening);
    this.#counts[kind] += 1;
    return happening;
  }

  /** Like {@link at}, from now; when `ms` is more than 0, at least one tick later: waiting always makes progress. */
  after(ms: number, kind: HappeningKind, run: () => void, what = "", made?: Error): Happening {
    const earliest = ms > 0 ? this.#now + 1 / ticksPerMs : this.#now;
    return this.at(Math.max(earliest, this.#now + ms), kind, run, what, made);
  }

  cancel(happening: Happening): void {
    if (happening.slot < 0) return;
    this.#queue.remove(happening);
    this.#counts[happening.kind] -= 1;
  }

  /** Jumps to the next happening and lets it happen; `false` when there is none. */
  step(): boolean {
    const happening = this.#queue.first();
    if (happening === undefined) return false;
    this.cancel(happening);
    this.#now = happening.at;
    this.#steps += 1;
    happening.run();
    return true;
  }

  #ordered(): number {
    this.#order += 1;
    return this.#order;
  }
}
