import { type Permit, Semaphore } from "@hawser/core";
import { HttpError } from "../http/error.ts";

/** Lets so many programs work at once, and so many requests wait. */
export class CgiTurns {
  readonly #semaphore: Semaphore;

  constructor(programsMax: number, waitingMax: number) {
    this.#semaphore = new Semaphore(programsMax, { waitingMax });
  }

  /** @throws {HttpError} 503 when too many wait */
  async take(signal: AbortSignal): Promise<Permit> {
    if (this.#semaphore.isFull)
      throw new HttpError(503, "Too many programs are at work", { headers: { "retry-after": "1" } });
    return this.#semaphore.acquire({ signal });
  }
}
