import type { Clock } from "../clock.ts";
import type { Cancellable } from "./abort.ts";

/** When to try again. */
export interface RetryOptions extends Cancellable {
  readonly clock: Clock;
  /** The waits between attempts, such as {@link backoff} gives. When there are no more, the last error stands. */
  readonly waitsMs: Iterable<number>;
  /** Default 10. */
  readonly attemptsMax?: number | undefined;
  /** Says whether an error may pass by itself. Default: every error may. */
  readonly isTemporary?: ((error: unknown) => boolean) | undefined;
}

/**
 * Calls `attempt` until it succeeds.
 * @returns what it gave; rejects with its last error, or with `signal.reason`
 */
export async function retry<Result>(
  attempt: (number: number) => Result | PromiseLike<Result>,
  options: RetryOptions,
): Promise<Result> {
  const { clock, waitsMs, attemptsMax = 10, isTemporary = () => true, signal } = options;
  const waits = waitsMs[Symbol.iterator]();
  for (let number = 1; ; number++) {
    signal?.throwIfAborted();
    try {
      return await attempt(number);
    } catch (error) {
      signal?.throwIfAborted();
      const wait = number < attemptsMax && isTemporary(error) ? waits.next() : undefined;
      if (wait === undefined || wait.done) throw error;
      await clock.sleep(wait.value, { signal });
    }
  }
}
