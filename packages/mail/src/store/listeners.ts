import { reportFault } from "@hawser/core";

/** Those who want to hear of something. One that throws does not keep it from the others. */
export class Listeners<Event> {
  readonly #what: string;
  readonly #all = new Set<(event: Event) => void>();

  /** @param what they listen to, for the report of a fault: `MailFolder.onChange` */
  constructor(what: string) {
    this.#what = what;
  }

  /** How many there are. */
  get size(): number {
    return this.#all.size;
  }

  /** Adds one, which may be the same function as another. Returns what ends it. */
  add(listener: (event: Event) => void): () => void {
    const own = (event: Event): void => listener(event);
    this.#all.add(own);
    return () => this.#all.delete(own);
  }

  tell(event: Event): void {
    for (const listener of [...this.#all]) {
      try {
        listener(event);
      } catch (error) {
        reportFault(error, this.#what);
      }
    }
  }
}
