import type { Clock, Instant, Timer } from "../clock.ts";
import { onAbort } from "./abort.ts";
import { deferred } from "./deferred.ts";

/** How {@link every} repeats. */
export interface EveryOptions {
  /** Ends the repetition. */
  readonly signal?: AbortSignal | undefined;
  /** Makes the first call now instead of one interval from now. Default false. */
  readonly immediately?: boolean | undefined;
  /** Waiting for the next call does not keep the reactor alive. Default false. */
  readonly idle?: boolean | undefined;
  /** Is told what a call threw, and the repetition goes on. Without it the first error ends the repetition. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Calls that are being repeated. */
export interface Repetition extends AsyncDisposable {
  /** Resolves when the repetition was stopped and its last call has ended; rejects with the error that ended it. */
  readonly done: Promise<void>;
  /** Makes no further call. Safe to repeat. */
  stop(): void;
}

/**
 * Calls `run` every `intervalMs`, on an even grid from now. A call is made only when the one before has ended, so calls
 * never overlap; the times of the grid that passed meanwhile are skipped, and `run` is told how many they were.
 */
export function every(
  clock: Clock,
  intervalMs: number,
  run: (skipped: number) => void | PromiseLike<void>,
  options: EveryOptions = {},
): Repetition {
  if (!(intervalMs > 0)) throw new RangeError(`Cannot repeat every ${intervalMs} ms`);
  const repetition = new GridRepetition(clock, intervalMs, run, options);
  if (options.signal?.aborted) repetition.stop();
  else repetition.start(options.immediately === true ? 0 : 1);
  return repetition;
}

class GridRepetition implements Repetition {
  readonly done: Promise<void>;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #run: (skipped: number) => void | PromiseLike<void>;
  readonly #options: EveryOptions;
  readonly #origin: Instant;
  readonly #end = deferred<void>();
  readonly #stopListening: () => void;
  #timer: Timer | undefined;
  #isRunning = false;
  #isStopped = false;

  constructor(
    clock: Clock,
    intervalMs: number,
    run: (skipped: number) => void | PromiseLike<void>,
    options: EveryOptions,
  ) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#run = run;
    this.#options = options;
    this.#origin = clock.now();
    this.done = this.#end.promise;
    this.#stopListening = onAbort(options.signal, () => this.stop());
  }

  start(tick: number): void {
    this.#schedule(tick, 0);
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#stopListening();
    if (!this.#isRunning) this.#end.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.done;
  }

  #schedule(tick: number, skipped: number): void {
    const waitMs = this.#origin + tick * this.#intervalMs - this.#clock.now();
    this.#timer = this.#clock.after(Math.max(0, waitMs), () => void this.#call(tick, skipped), {
      idle: this.#options.idle,
    });
  }

  /** Never rejects: what goes wrong is told to `onError` or by `done`. */
  async #call(tick: number, skipped: number): Promise<void> {
    this.#isRunning = true;
    try {
      await this.#run(skipped);
    } catch (error) {
      this.#fail(error);
    }
    this.#isRunning = false;
    if (this.#isStopped) return this.#end.resolve();
    const passed = Math.floor((this.#clock.now() - this.#origin) / this.#intervalMs);
    const next = Math.max(passed, tick) + 1;
    this.#schedule(next, next - tick - 1);
  }

  #fail(error: unknown): void {
    try {
      if (this.#options.onError === undefined) throw error;
      this.#options.onError(error);
    } catch (last) {
      this.#end.reject(last);
      this.stop();
    }
  }
}
