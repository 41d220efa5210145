import type { Clock } from "@hawser/core";

/** How long work may take, and what ends it. */
export interface WorkLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** What it rejects with when its time is over. */
  readonly timedOut: () => Error;
}

/** Work under way that heeds its signal: each piece has its time, and all can be given up together. */
export class LimitedWork {
  readonly #clock: Clock;
  readonly #running = new Set<AbortController>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rejects with `signal.reason`, `timedOut()`, the reason of {@link abort}, or what the task throws. */
  async run<Result>(
    { timeoutMs, signal, timedOut }: WorkLimits,
    task: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    const controller = new AbortController();
    const giveUp = (): void => controller.abort(signal?.reason);
    signal?.addEventListener("abort", giveUp, { once: true });
    const timer = this.#clock.after(timeoutMs, () => controller.abort(timedOut()));
    this.#running.add(controller);
    try {
      return await task(controller.signal);
    } catch (error) {
      controller.signal.throwIfAborted(); // the reason itself, whatever the task made of it
      throw error;
    } finally {
      timer.cancel();
      this.#running.delete(controller);
      signal?.removeEventListener("abort", giveUp);
    }
  }

  /** Gives up everything. */
  abort(reason: Error): void {
    for (const controller of this.#running) controller.abort(reason);
  }
}
