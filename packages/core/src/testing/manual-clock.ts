import type { Clock, Instant, Timer } from "../clock.ts";
import { ConnectionError } from "../errors.ts";
import { type Cancellable, onAbort } from "../tasks/abort.ts";

interface PendingCall {
  readonly at: Instant;
  readonly run: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  readonly #epochMs: number;
  #now: Instant = 0;
  /** Sorted by time; calls for the same time in the order they were asked for. */
  readonly #calls: PendingCall[] = [];

  /** @param epochMs what {@link wall} tells at the start. Default 2000-01-01 */
  constructor(epochMs: number = Date.UTC(2000, 0, 1)) {
    this.#epochMs = epochMs;
  }

  /** How many calls wait for their time. A test that ends with 0 has left no timer behind. */
  get pending(): number {
    return this.#calls.length;
  }

  now(): Instant {
    return this.#now;
  }

  wall(): number {
    return this.#epochMs + this.#now;
  }

  after(ms: number, run: () => void): Timer {
    const call = { at: this.#now + Math.max(0, ms), run };
    const later = this.#calls.findIndex((other) => other.at > call.at);
    this.#calls.splice(later === -1 ? this.#calls.length : later, 0, call);
    return { cancel: () => this.#cancel(call) };
  }

  sleep(ms: number, { signal }: Cancellable = {}): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const stopListening = onAbort(signal, () => {
        timer.cancel();
        reject(signal?.reason);
      });
      const timer = this.after(ms, () => {
        stopListening();
        resolve();
      });
    });
  }

  deadline(ms: number): AbortSignal {
    const controller = new AbortController();
    this.after(ms, () => controller.abort(new ConnectionError("timed-out", `Cannot finish: ${ms} ms have passed`)));
    return controller.signal;
  }

  /**
   * Lets time pass and makes the calls that fall due, in their order; also those that these ask for. A call may itself
   * advance the clock, as work that takes time does.
   */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let calls = 0; this.#callNext(until); calls++) refuseEndless(calls);
    this.#now = Math.max(this.#now, until);
  }

  /** Like {@link advance}, and lets promises settle before, between and after the calls. */
  async elapse(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    for (let calls = 0; this.#callNext(until); calls++) {
      refuseEndless(calls);
      await settled();
    }
    this.#now = Math.max(this.#now, until);
  }

  /** Makes the first call that is due by `until`; one asked for meanwhile has its turn after those that were there. */
  #callNext(until: Instant): boolean {
    const call = this.#calls[0];
    if (call === undefined || call.at > until) return false;
    this.#calls.shift();
    this.#now = call.at;
    call.run();
    return true;
  }

  #cancel(call: PendingCall): void {
    const index = this.#calls.indexOf(call);
    if (index !== -1) this.#calls.splice(index, 1);
  }
}

/** Resolves when every promise that could settle by itself has. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Calls that ask for themselves again without letting time pass would hang the test. */
function refuseEndless(calls: number): void {
  if (calls >= 100_000) throw new Error("Cannot let time pass: the calls that fall due have no end");
}
