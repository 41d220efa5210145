import { StateError } from "../errors.ts";
import type { Cancellable } from "./abort.ts";
import { WaitingLine } from "./waiting-line.ts";

/** The right to go on, until it is given back: `using permit = await semaphore.acquire()`. */
export interface Permit extends Disposable {
  /** Gives the permit to the next who waits. Safe to repeat. */
  release(): void;
}

/** How many may stand in line. */
export interface SemaphoreOptions {
  /** One more is sent away at once. Set it where peers decide how many come. Default: no limit. */
  readonly waitingMax?: number | undefined;
}

/** Lets a fixed number of things happen at once; the others wait in the order they came. */
export class Semaphore {
  readonly #line = new WaitingLine<Permit>();
  readonly #waitingMax: number;
  #available: number;

  /** @throws {RangeError} when `permits` is no whole number above 0, or `waitingMax` is below 0 */
  constructor(permits: number, { waitingMax = Number.POSITIVE_INFINITY }: SemaphoreOptions = {}) {
    if (!Number.isInteger(permits) || permits < 1)
      throw new RangeError(`Cannot make a semaphore of ${permits} permits`);
    if (!(waitingMax >= 0)) throw new RangeError(`Cannot let ${waitingMax} wait for a permit`);
    this.#available = permits;
    this.#waitingMax = waitingMax;
  }

  /** Permits that nobody holds. */
  get available(): number {
    return this.#available;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#line.size;
  }

  /** No permit is to be had, and no place in the line. */
  get isFull(): boolean {
    return this.#available === 0 && this.waiting >= this.#waitingMax;
  }

  /**
   * Waits for a permit. Rejects with `signal.reason` when that aborts first.
   * @throws {StateError} when `waitingMax` others wait
   */
  async acquire(options?: Cancellable): Promise<Permit> {
    options?.signal?.throwIfAborted();
    if (this.isFull) throw new StateError(`Cannot wait for a permit: so many wait already (${this.waiting})`);
    return this.tryAcquire() ?? this.#line.join(undefined, options);
  }

  /** A permit, when one is to be had at once. */
  tryAcquire(): Permit | undefined {
    if (this.#available === 0) return undefined;
    this.#available--;
    return this.#makePermit();
  }

  /** Waits for a permit, calls `task`, and gives the permit back however that ends. */
  async run<Result>(task: () => Result | PromiseLike<Result>, options?: Cancellable): Promise<Result> {
    const permit = await this.acquire(options);
    try {
      return await task();
    } finally {
      permit.release();
    }
  }

  #makePermit(): Permit {
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      if (this.waiting > 0) this.#line.serve(this.#makePermit());
      else this.#available++;
    };
    return { release, [Symbol.dispose]: release };
  }
}

/** Lets one thing happen at a time: a {@link Semaphore} with one permit. */
export class Lock extends Semaphore {
  constructor(options?: SemaphoreOptions) {
    super(1, options);
  }

  /** True while somebody holds it. */
  get held(): boolean {
    return this.available === 0;
  }
}
