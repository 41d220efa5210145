import type { Clock, Instant } from "@hawser/core";

/** What is kept of a share for a service to notice that its grace is over: a quarter, a second at most. */
const lateMsMax = 1_000;

/** Deals a grace out among services that stop one after the other: what one does not need, the others have. */
export class StopShares {
  readonly #clock: Clock;
  readonly #deadline: Instant;
  #left: number;

  constructor(clock: Clock, graceMs: number, services: number) {
    this.#clock = clock;
    this.#deadline = clock.now() + graceMs;
    this.#left = services;
  }

  /** The share of the next one. */
  next(): { readonly graceMs: number; readonly lateMs: number } {
    const leftMs = Math.max(0, this.#deadline - this.#clock.now());
    const shareMs = leftMs / Math.max(1, this.#left);
    this.#left--;
    const lateMs = Math.min(lateMsMax, shareMs / 4);
    return { graceMs: shareMs - lateMs, lateMs };
  }
}
