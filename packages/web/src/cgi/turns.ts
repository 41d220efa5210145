import { type Permit, Semaphore } from "@hawser/core";
import { HttpError } from "../http/error.ts";

/** Lets so many programs work at once, and so many requests wait. */
export class CgiTurns {
  readonly #semaphore: Semaphore;
  readonly #waitingMax: number;

  constructor(programsMax: number, waitingMax: number) {
    this.#semaphore = new Semaphore(programsMax);
    this.#waitingMax = waitingMax;
  }

  /** @throws {HttpError} 503 when too many wait */
  async take(signal: AbortSignal): Promise<Permit> {
    const { available, waiting } = this.#semaphore;
    if (available === 0 && waiting >= this.#waitingMax) {
      throw new HttpError(503, "Too many programs are at work", { headers: { "retry-after": "1" } });
    }
    return this.#semaphore.acquire({ signal });
  }
}
