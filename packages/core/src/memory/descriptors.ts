import { ConnectionError } from "../errors.ts";

/** The descriptors of one host: every listener, connection and datagram socket holds one. */
export class Descriptors {
  readonly max: number;
  #held = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(max: number = Number.POSITIVE_INFINITY) {
    this.max = max;
  }

  /** How many wait for {@link whenFree}. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** @throws {ConnectionError} `failed`, when all are held */
  take(): void {
    if (this.#held >= this.max)
      throw new ConnectionError("failed", `Cannot open a socket: all ${this.max} descriptors are held`);
    this.#held += 1;
  }

  /** Calls `run`, holding a descriptor for it, now or as soon as one is free. */
  whenFree(run: () => void): void {
    if (this.#held >= this.max) {
      this.#waiting.push(run);
      return;
    }
    this.#held += 1;
    run();
  }

  release(): void {
    this.#held -= 1;
    const next = this.#waiting.shift();
    if (next !== undefined) this.whenFree(next);
  }
}
