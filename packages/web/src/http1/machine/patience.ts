import type { Instant } from "@hawser/core/protocol";

import type { Http1ErrorCode } from "../errors.ts";
import type { Http1Limits } from "../limits.ts";

/** What a machine can wait for. */
type Wait = "nothing" | "first-head" | "next-head" | "rest-of-head" | "body" | "response";

/**
 * How long a machine waits for its peer. Only waiting counts: while octets lie unread, or the application is busy, no
 * time passes for the peer.
 */
export class Patience {
  #wait: Wait = "nothing";
  #since: Instant = 0;
  /** Time spent waiting for the present body before the present wait. */
  #bodyWaitedMs = 0;
  #bodyOctets = 0;
  readonly #limits: Http1Limits;
  readonly #now: () => Instant;

  constructor(limits: Http1Limits, now: () => Instant) {
    this.#limits = limits;
    this.#now = now;
  }

  /**
   * Begins to wait, unless it waits for that already: a head that dribbles in gets no more time with each octet. `now`
   * spares a look at the clock to who has just looked; NaN looks.
   */
  waitFor(wait: Wait, now: Instant = Number.NaN): void {
    if (this.#wait === wait) return;
    const goesOn = this.#wait === "first-head" && wait === "rest-of-head";
    this.#wait = wait;
    if (wait !== "nothing" && !goesOn) this.#since = Number.isNaN(now) ? this.#now() : now;
  }

  /** A body begins, of which so many octets are there already. */
  beginBody(octets: number): void {
    this.#wait = "nothing";
    this.#bodyWaitedMs = 0;
    this.#bodyOctets = octets;
  }

  /** Octets arrived: what they are will be seen, but a body is not waited for any more. */
  received(octets: number): void {
    this.#bodyOctets += octets;
    if (this.#wait !== "body") return;
    this.#bodyWaitedMs += this.#now() - this.#since;
    this.#wait = "nothing";
  }

  /** When patience ends; `undefined` while nothing is waited for. */
  get deadline(): Instant | undefined {
    switch (this.#wait) {
      case "nothing":
        return undefined;
      case "first-head":
      case "rest-of-head":
        return this.#since + this.#limits.headTimeoutMs;
      case "next-head":
        return this.#since + this.#limits.keepAliveTimeoutMs;
      case "body":
        return this.#since + Math.min(this.#limits.bodyIdleTimeoutMs, this.#bodyAllowanceMs());
      case "response":
        return this.#since + this.#limits.responseTimeoutMs;
      default:
        return this.#wait satisfies never;
    }
  }

  /** What the end of patience means: a fault, or `idle` when nothing had begun and the connection is closed without a word. */
  get verdict(): Http1ErrorCode | "idle" {
    switch (this.#wait) {
      case "rest-of-head":
        return "head-timeout";
      case "body":
        return "body-timeout";
      case "response":
        return "response-timeout";
      default:
        return "idle";
    }
  }

  #bodyAllowanceMs(): number {
    if (this.#limits.bodyOctetsPerSecondMin === 0) return Number.POSITIVE_INFINITY;
    const earnedMs = (this.#bodyOctets * 1000) / this.#limits.bodyOctetsPerSecondMin;
    return Math.max(0, this.#limits.bodyGraceMs + earnedMs - this.#bodyWaitedMs);
  }
}
