import type { Cancellable } from "./abort.ts";
import { WaitingLine } from "./waiting-line.ts";

/** The right to go on, until it is given back: `using permit = await semaphore.acquire()`. */
export interface Permit extends Disposable {
  /** Gives the permit to the next who waits. Safe to repeat. */
  release(): void;
}

/** Lets a fixed number of things happen at once; the others wait in the order they came. */
export class Semaphore {
  readonly #line = new WaitingLine<Permit>();
  #available: number;

  /** @throws {RangeError} when `permits` is no whole number above 0 */
  constructor(permits: number) {
    if (!Number.isInteger(permits) || permits < 1)
      throw new RangeError(`Cannot make a semaphore of ${permits} permits`);
    this.#available = permits;
  }

  /** Permits that nobody holds. */
  get available(): number {
    return this.#available;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#line.size;
  }

  /** Waits for a permit. Rejects with `signal.reason` when that aborts first. */
  async acquire(options?: Cancellable): Promise<Permit> {
    options?.signal?.throwIfAborted();
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
  constructor() {
    super(1);
  }

  /** True while somebody holds it. */
  get held(): boolean {
    return this.available === 0;
  }
}
