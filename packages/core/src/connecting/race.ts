import type { Instant } from "../clock.ts";

/** How long one attempt has for itself before the next begins beside it (RFC 8305 §5). */
export const attemptDelayMsDefault = 250;

/**
 * The race for a connection to one of several addresses (RFC 8305 §5), without its network.
 *
 * Attempts start one after another, `attemptDelayMs` apart, and none is given up because a later one began: far hosts
 * answer late. A failed attempt starts the next at once. The first success wins.
 */
export class ConnectionRace<Target> {
  readonly #waiting: Target[];
  readonly #attemptDelayMs: number;
  #running = 0;
  #nextAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(targets: Iterable<Target>, attemptDelayMs: number = attemptDelayMsDefault) {
    this.#waiting = [...targets];
    this.#attemptDelayMs = attemptDelayMs;
  }

  /** The next target to try, when its time has come. */
  next(now: Instant): Target | undefined {
    if (this.#waiting.length === 0 || now < this.#nextAt) return undefined;
    this.#running++;
    this.#nextAt = now + this.#attemptDelayMs;
    return this.#waiting.shift();
  }

  /** An attempt failed: the next need not wait. */
  failed(): void {
    this.#running--;
    this.#nextAt = Number.NEGATIVE_INFINITY;
  }

  /** When the next attempt starts by itself. */
  get deadline(): Instant | undefined {
    return this.#waiting.length === 0 ? undefined : this.#nextAt;
  }

  /** Every attempt has failed. */
  get isLost(): boolean {
    return this.#running === 0 && this.#waiting.length === 0;
  }
}

/** Takes turns between the address families, beginning with the resolver's first (RFC 8305 §4). */
export function interleaveFamilies<Address extends { readonly family: string }>(
  addresses: readonly Address[],
): Address[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const turns = Array.from({ length: Math.max(first.length, second.length) }, (_, i) => [first[i], second[i]]);
  return turns.flat().filter((address) => address !== undefined);
}
