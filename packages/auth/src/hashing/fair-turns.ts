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
 * A few at a time, and the others wait in lanes that are served in turn: who comes with a hundred waits a hundred times,
 * and who comes alone waits for one of each lane. So a crowd from one address does not keep another one out.
 */
export class FairTurns {
  readonly #limits: FairTurnsLimits;
  readonly #lanes = new Map<string, Set<Waiter>>();
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
      this.#lanes.set(lane, line.add(waiter));
      this.#waiting++;
    });
  }

  #leave(lane: string, line: Set<Waiter>, waiter: Waiter): void {
    line.delete(waiter);
    this.#waiting--;
    if (line.size === 0) this.#lanes.delete(lane);
  }

  /** Gives the turn to the first of the lane that has waited longest since it was served, and puts that lane last. */
  #passOn(): void {
    const [entry] = this.#lanes;
    if (entry === undefined) {
      this.#working--;
      return;
    }
    const [lane, line] = entry;
    const [waiter] = line;
    this.#leave(lane, line, waiter!);
    if (this.#lanes.delete(lane)) this.#lanes.set(lane, line);
    waiter!.begin();
  }
}
