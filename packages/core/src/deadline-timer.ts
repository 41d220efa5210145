import type { Clock, Instant, Timer } from "./clock.ts";

/**
 * One timer for a deadline that moves all the time, as a connection's does with every request. Moving it later costs a
 * comparison: the timer that is armed fires early, sees that it is not yet time, and is armed for what remains.
 */
export class DeadlineTimer {
  readonly #clock: Clock;
  readonly #expire: () => void;
  /** Infinite when there is none: a number all the time is cheaper than one that comes and goes. */
  #deadline: Instant = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;
  #firesAt = 0;

  constructor(clock: Clock, expire: () => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** Moves the deadline; `undefined` means none. */
  set(deadline: Instant | undefined): void {
    const until = deadline ?? Number.POSITIVE_INFINITY;
    if (until === this.#deadline) return;
    this.#deadline = until;
    if (deadline === undefined) return;
    if (this.#timer !== undefined && this.#firesAt <= deadline) return;
    this.#arm(deadline);
  }

  cancel(): void {
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(deadline: Instant): void {
    this.#timer?.cancel();
    this.#firesAt = deadline;
    this.#timer = this.#clock.after(Math.max(0, deadline - this.#clock.now()), this.#fire);
  }

  readonly #fire = (): void => {
    this.#timer = undefined;
    const deadline = this.#deadline;
    if (deadline === Number.POSITIVE_INFINITY) return;
    if (this.#clock.now() < deadline) return this.#arm(deadline);
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#expire();
  };
}
