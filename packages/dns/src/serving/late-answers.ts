import { type Clock, DeadlineTimer } from "@hawser/core";
import type { ServedRequest } from "./served-request.ts";

/** The requests whose answers are not at hand, and one timer for all: they wait equally long, so the oldest is due first. */
export class LateAnswers {
  readonly #waiting = new Set<ServedRequest>();
  readonly #clock: Clock;
  readonly #timer: DeadlineTimer;
  readonly #timeoutMs: number;
  readonly #expired: (request: ServedRequest) => void;

  constructor(clock: Clock, timeoutMs: number, expired: (request: ServedRequest) => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#expired = expired;
    this.#timer = new DeadlineTimer(clock, () => this.#expire());
  }

  add(request: ServedRequest): void {
    request.waitUntil(this.#clock.now() + this.#timeoutMs);
    this.#waiting.add(request);
    if (this.#waiting.size === 1) this.#timer.set(request.deadline);
  }

  remove(request: ServedRequest): void {
    this.#waiting.delete(request);
    if (this.#waiting.size === 0) this.#timer.cancel();
  }

  /** Gives them all up. */
  clear(giveUp: (request: ServedRequest) => void): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    this.#timer.cancel();
    for (const request of waiting) giveUp(request);
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const request of this.#waiting) {
      if (request.deadline > now) return this.#timer.set(request.deadline);
      this.#waiting.delete(request);
      this.#expired(request);
    }
  }
}
