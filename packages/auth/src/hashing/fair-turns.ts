import { type Cancellable, StateError } from "@hawser/core";

/** Somebody who waits for a turn. */
interface Waiter {
  readonly begin: () => void;
}

/** How many may work and wait. */
export interface FairTurnsLimits {
  readonly parallelMax: number;
  /** Beyond it only those may wait whose lane is empty, and beyond twice as many nobody. */
  readonly waitingMax: number;
}

/**
 * A few at a time, and the others wait in lanes, so that a crowd in one lane does not keep another one waiting. The lanes
 * are served in turn; but every other turn goes to the lane that came last. Under an attack from many addresses, of which
 * each looks like a user once, the next user waits for two turns and not for all of them.
 */
export class FairTurns {
  readonly #limits: FairTurnsLimits;
  /** Who waits, by lane; the lane that is longest without a turn is first. */
  readonly #lanes = new Map<string, Set<Waiter>>();
  /** Lanes in the order in which they came, as long as they had no turn. Some may be gone. */
  #newcomers: string[] = [];
  #isForNewcomer = false;
  #working = 0;
  #waiting = 0;

  constructor(limits: FairTurnsLimits) {
    this.#limits = limits;
  }

  /** @throws {StateError} when too many wait; otherwise `signal.reason`, or what the task threw */
  async run<Result>(lane: string, task: () => Promise<Result>, { signal }: Cancellable = {}): Promise<Result> {
    signal?.throwIfAborted();
    if (this.#working < this.#limits.parallelMax) this.#working++;
    else await this.#wait(lane, signal);
    try {
      return await task();
    } finally {
      this.#passOn();
    }
  }

  #wait(lane: string, signal: AbortSignal | undefined): Promise<void> {
    const line = this.#lanes.get(lane) ?? new Set();
    const room = line.size === 0 ? 2 * this.#limits.waitingMax : this.#limits.waitingMax;
    if (this.#waiting >= room) throw new StateError(`Cannot wait for a turn: so many wait already (${this.#waiting})`);
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#leave(lane, line, waiter);
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        begin: () => {
          signal?.removeEventListener("abort", giveUp);
          resolve();
        },
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      if (line.size === 0) this.#newcomers.push(lane);
      this.#lanes.set(lane, line.add(waiter));
      this.#waiting++;
    });
  }

  #leave(lane: string, line: Set<Waiter>, waiter: Waiter): void {
    line.delete(waiter);
    this.#waiting--;
    if (line.size === 0) this.#lanes.delete(lane);
  }

  /** Gives the turn to the first of a lane, and puts that lane last. */
  #passOn(): void {
    const lane = this.#nextLane();
    if (lane === undefined) {
      this.#working--;
      return;
    }
    const line = this.#lanes.get(lane)!;
    const [waiter] = line;
    this.#leave(lane, line, waiter!);
    if (this.#lanes.delete(lane)) this.#lanes.set(lane, line);
    waiter!.begin();
  }

  #nextLane(): string | undefined {
    const [oldest] = this.#lanes.keys();
    this.#isForNewcomer = !this.#isForNewcomer;
    if (this.#newcomers.length > 2 * this.#lanes.size)
      this.#newcomers = this.#newcomers.filter((lane) => this.#lanes.has(lane));
    if (!this.#isForNewcomer) return oldest;
    while (this.#newcomers.length > 0) {
      const newest = this.#newcomers.pop()!;
      if (this.#lanes.has(newest)) return newest;
    }
    return oldest;
  }
}
