import { backoff, type Clock, type Instant, type Random } from "@hawser/core";
import type { RestartPolicy } from "../application/description.ts";

const restartsMaxDefault = 10;
const withinMsDefault = 60_000;

/**
 * Ten waits of this kind last 26 s at most, so a service that breaks at once is given up within the default minute; one
 * that comes back needs a few seconds of its neighbour at most.
 */
const waits = { initialMs: 100, maxMs: 5_000 } as const;

/** How often a service may break, and how long it waits before it comes back. */
export class RestartBudget {
  readonly #policy: RestartPolicy;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #restartedAt: Instant[] = [];
  #waits: Generator<number, never, undefined>;

  constructor(policy: RestartPolicy, clock: Clock, random: Random) {
    this.#policy = policy;
    this.#clock = clock;
    this.#random = random;
    this.#waits = backoff({ ...waits, random });
  }

  /** How long to wait before the next restart; `undefined` when it has broken too often. */
  next(): number | undefined {
    const { restartsMax = restartsMaxDefault, withinMs = withinMsDefault } = this.#policy;
    const now = this.#clock.now();
    while (this.#restartedAt.length > 0 && this.#restartedAt[0]! <= now - withinMs) this.#restartedAt.shift();
    if (this.#restartedAt.length >= restartsMax) return undefined;
    if (this.#restartedAt.length === 0) this.#waits = backoff({ ...waits, random: this.#random });
    this.#restartedAt.push(now);
    return this.#waits.next().value;
  }
}
