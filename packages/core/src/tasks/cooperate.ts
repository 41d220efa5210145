import type { Clock, Timer } from "../clock.ts";
import { StateError } from "../errors.ts";
import { type Cancellable, onAbort } from "./abort.ts";
import { deferred } from "./deferred.ts";

/** How long work is sliced. */
export interface CooperateOptions extends Cancellable {
  readonly clock: Clock;
  /** How long one slice may hold the loop. Default 5 ms. */
  readonly budgetMs?: number | undefined;
  /** Steps of one slice at most: where time is virtual, no slice would ever use its budget up. Default 10,000. */
  readonly stepsMax?: number | undefined;
}

/** Long work that is done in slices. */
export interface CooperativeTask<Result> {
  /** What the work returned; rejects with what it threw, or with the reason of {@link stop}. */
  readonly done: Promise<Result>;
  /** Begins no slice until {@link resume}. */
  pause(): void;
  resume(): void;
  /** Ends the work where it stands: its `finally` blocks run, and `done` rejects. Nothing when it has ended. */
  stop(reason?: unknown): void;
}

/**
 * Does long synchronous work without holding up anybody: steps through `work` in slices, and lets the loop turn between
 * them.
 */
export function cooperate<Result>(
  work: Iterator<unknown, Result, undefined>,
  options: CooperateOptions,
): CooperativeTask<Result> {
  const task = new SlicedTask(work, options);
  task.resume();
  return task;
}

class SlicedTask<Result> implements CooperativeTask<Result> {
  readonly done: Promise<Result>;
  readonly #work: Iterator<unknown, Result, undefined>;
  readonly #clock: Clock;
  readonly #budgetMs: number;
  readonly #stepsMax: number;
  readonly #end = deferred<Result>();
  readonly #stopListening: () => void;
  #timer: Timer | undefined;
  #stopped: { readonly reason: unknown } | undefined;
  #isPaused = true;
  #isStepping = false;
  #hasEnded = false;

  constructor(work: Iterator<unknown, Result, undefined>, options: CooperateOptions) {
    const { clock, budgetMs = 5, stepsMax = 10_000, signal } = options;
    this.#work = work;
    this.#clock = clock;
    this.#budgetMs = budgetMs;
    this.#stepsMax = stepsMax;
    this.done = this.#end.promise;
    this.#stopListening = onAbort(signal, () => this.stop(signal?.reason));
    if (signal?.aborted) this.stop(signal.reason);
  }

  pause(): void {
    this.#isPaused = true;
    this.#timer?.cancel();
  }

  resume(): void {
    if (!this.#isPaused || this.#hasEnded) return;
    this.#isPaused = false;
    if (!this.#isStepping) this.#schedule();
  }

  stop(reason: unknown = new StateError("Cannot finish the work: it was stopped")): void {
    if (this.#hasEnded) return;
    this.#stopped ??= { reason };
    this.#timer?.cancel();
    if (!this.#isStepping) this.#abandon(this.#stopped.reason);
  }

  #schedule(): void {
    this.#timer = this.#clock.after(0, () => this.#slice());
  }

  #slice(): void {
    this.#isStepping = true;
    try {
      this.#hasEnded = this.#step();
    } catch (error) {
      this.#hasEnded = true;
      this.#end.reject(error);
    }
    this.#isStepping = false;
    if (this.#hasEnded) this.#stopListening();
    else if (this.#stopped !== undefined) this.#abandon(this.#stopped.reason);
    else if (!this.#isPaused) this.#schedule();
  }

  /** Steps, at least once, until the slice is used up. @returns true when the work has ended */
  #step(): boolean {
    const until = this.#clock.now() + this.#budgetMs;
    let steps = 0;
    do {
      const step = this.#work.next();
      if (step.done) {
        this.#end.resolve(step.value);
        return true;
      }
    } while (++steps < this.#stepsMax && this.#clock.now() < until && !this.#isPaused && this.#stopped === undefined);
    return false;
  }

  #abandon(reason: unknown): void {
    this.#hasEnded = true;
    this.#stopListening();
    try {
      this.#work.return?.();
      this.#end.reject(reason);
      this.done.catch(() => {}); // whoever stops the work need not be told again
    } catch (error) {
      this.#end.reject(error);
    }
  }
}
