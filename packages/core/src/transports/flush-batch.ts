import { reportFault } from "../faults.ts";

/** From so many in one turn on, waiting is worth what it costs. */
const crowd = 8;
/** One of so many finds out how many there are in a turn. */
const probeEvery = 32;

/**
 * Lets all that is sent in one turn of the event loop leave together, at its end. A peer on the same machine that has nothing
 * to do is then woken once a turn and not once an answer, which costs as much as sending the answer does. Where little is sent
 * in a turn its end is not worth waiting for, so that it leaves at once.
 */
export class FlushBatch<Item> {
  readonly #flush: (item: Item) => void;
  readonly #atEndOfTurn: (run: () => void) => void;
  #waiting: Item[] = [];
  #isCrowded = false;
  #sinceProbe = 0;

  constructor(flush: (item: Item) => void, atEndOfTurn: (run: () => void) => void) {
    this.#flush = flush;
    this.#atEndOfTurn = atEndOfTurn;
  }

  /** @returns whether it waits for the end of the turn; otherwise it is to be flushed now, by whoever asks */
  add(item: Item): boolean {
    if (this.#waiting.length === 0 && !this.#isProbing()) return false;
    if (this.#waiting.push(item) === 1) this.#atEndOfTurn(this.flush);
    return true;
  }

  #isProbing(): boolean {
    if (this.#isCrowded) return true;
    this.#sinceProbe = (this.#sinceProbe + 1) % probeEvery;
    return this.#sinceProbe === 0;
  }

  /** What waits leaves now, before the turn is over. */
  readonly flush = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#isCrowded = waiting.length >= crowd;
    for (const item of waiting)
      try {
        this.#flush(item);
      } catch (error) {
        reportFault(error, "Flush"); // whoever sent it has gone on, and the others wait
      }
  };
}
