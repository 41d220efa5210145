import {
  type Cancellable,
  type Clock,
  ConnectionError,
  type Permit,
  Semaphore,
  StateError,
  withDeadline,
} from "@hawser/core";

/** How many may be inside at once, and wait outside, by key. */
export interface ThrottleGateLimits {
  readonly parallelMax: number;
  readonly waitingMax: number;
  readonly waitMaxMs: number;
  /** For all keys together; beyond it only who comes alone is let in, and beyond four times as many nobody. */
  readonly pendingMax: number;
}

/** A gate for each key, as long as somebody is in it: so few attempts of one address go on at once. */
export class ThrottleGates {
  readonly #clock: Clock;
  readonly #limits: ThrottleGateLimits;
  readonly #gates = new Map<string, { readonly turns: Semaphore; users: number }>();
  #pending = 0;

  constructor(clock: Clock, limits: ThrottleGateLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** How many are inside or wait. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * Waits for a place inside.
   * @returns leaves it again, once
   * @throws {StateError} when too many wait, or the wait took too long; otherwise `signal.reason`
   */
  async enter(key: string, { signal }: Cancellable): Promise<() => void> {
    const { parallelMax, waitingMax, pendingMax } = this.#limits;
    const gate = this.#gates.get(key) ?? { turns: new Semaphore(parallelMax, { waitingMax }), users: 0 };
    if (this.#pending >= (gate.users === 0 ? 4 * pendingMax : pendingMax))
      throw new StateError("Cannot wait: too many logins are under way");
    this.#gates.set(key, gate);
    gate.users++;
    this.#pending++;
    try {
      const permit = gate.turns.tryAcquire() ?? (await this.#wait(gate.turns, signal));
      return () => this.#leave(key, permit);
    } catch (error) {
      this.#forget(key);
      throw error;
    }
  }

  async #wait(turns: Semaphore, signal: AbortSignal | undefined): Promise<Permit> {
    const { waitMaxMs } = this.#limits;
    try {
      return await withDeadline(this.#clock, waitMaxMs, (limited) => turns.acquire({ signal: limited }), { signal });
    } catch (error) {
      const isLate = !signal?.aborted && error instanceof ConnectionError && error.code === "timed-out";
      throw isLate ? new StateError(`Cannot wait: ${waitMaxMs} ms have passed`) : error;
    }
  }

  #leave(key: string, permit: Permit): void {
    permit.release();
    this.#forget(key);
  }

  #forget(key: string): void {
    const gate = this.#gates.get(key)!;
    this.#pending--;
    if (--gate.users === 0) this.#gates.delete(key);
  }
}
