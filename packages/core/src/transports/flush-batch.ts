/** What has something to send, and waits for the end of the loop's turn. */
export interface Flushable {
  flush(): void;
}

/** From so many in one turn on, waiting is worth what it costs. */
const crowd = 8;
/** One delivery of so many finds out how many there are in a turn. */
const probeEvery = 32;

/**
 * Lets all that is sent in one turn of the event loop leave together, at its end. A peer on the same machine that has nothing
 * to do is then woken once a turn and not once an answer, which costs as much as sending the answer does. Where few
 * transports are at work a turn is not worth its end, so that they send at once.
 */
export class FlushBatch {
  readonly #atEndOfTurn: (run: () => void) => void;
  #waiting: Flushable[] = [];
  #isCrowded = false;
  #sinceProbe = 0;

  constructor(atEndOfTurn: (run: () => void) => void) {
    this.#atEndOfTurn = atEndOfTurn;
  }

  /** @returns whether it will be flushed at the end of the turn; otherwise it does so itself, now */
  add(transport: Flushable): boolean {
    if (this.#waiting.length === 0 && !this.#isProbing()) return false;
    if (this.#waiting.push(transport) === 1) this.#atEndOfTurn(this.#flush);
    return true;
  }

  #isProbing(): boolean {
    if (this.#isCrowded) return true;
    this.#sinceProbe = (this.#sinceProbe + 1) % probeEvery;
    return this.#sinceProbe === 0;
  }

  readonly #flush = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#isCrowded = waiting.length >= crowd;
    for (const transport of waiting) transport.flush();
  };
}
