import type { Instant } from "../clock.ts";

/**
 * A rate with room for bursts, without its clock: octets flow in steadily up to the brim, and are taken out by traffic.
 * It may go into debt, since what has been received cannot be sent back; then the next must wait.
 */
export class TokenBucket {
  readonly #octetsPerMs: number;
  readonly #burstOctets: number;
  #octets: number;
  #filledAt: Instant;

  constructor(octetsPerSecond: number, burstOctets: number, now: Instant) {
    if (!(octetsPerSecond > 0 && burstOctets >= 1))
      throw new RangeError(`Cannot limit to ${octetsPerSecond} octets per second in bursts of ${burstOctets}`);
    this.#octetsPerMs = octetsPerSecond / 1_000;
    this.#burstOctets = burstOctets;
    this.#octets = burstOctets;
    this.#filledAt = now;
  }

  /** How much may pass now. Never more than a burst; negative in debt. */
  available(now: Instant): number {
    this.#octets = Math.min(this.#burstOctets, this.#octets + (now - this.#filledAt) * this.#octetsPerMs);
    this.#filledAt = now;
    return this.#octets;
  }

  take(octets: number, now: Instant): void {
    this.#octets = this.available(now) - octets;
  }

  /** How long until so many octets are there. */
  waitMs(octets: number, now: Instant): number {
    const missing = Math.min(octets, this.#burstOctets) - this.available(now);
    return Math.max(0, Math.ceil(missing / this.#octetsPerMs));
  }
}
