import { SieveMap } from "@hawser/dns";
import type { MailTransportResult } from "../../queue/queue.ts";
import { delivered, isServed } from "./outcome.ts";

/**
 * Who has a message already, of all to whom it goes. Parts of one message are tried at different times, and at the same time;
 * a destination gets it once all the same.
 */
export class ServedDestinations {
  readonly #attempts = new Map<string, Promise<MailTransportResult>>();

  /** What it takes in memory, about. */
  get octets(): number {
    let octets = 0;
    for (const key of this.#attempts.keys()) octets += 2 * key.length;
    return octets;
  }

  /** Delivers, unless somebody has or does so now: then what comes of that counts, but for a failure. */
  async once(key: string, deliver: () => Promise<MailTransportResult>): Promise<MailTransportResult> {
    for (let other = this.#attempts.get(key); other !== undefined; other = this.#attempts.get(key))
      if (await other.then(isServed, () => false)) return delivered;
    const attempt = deliver();
    this.#attempts.set(key, attempt);
    try {
      const result = await attempt;
      if (!isServed(result)) this.#attempts.delete(key);
      return result;
    } catch (error) {
      this.#attempts.delete(key);
      throw error;
    }
  }
}

/** The messages of which that is known, the last 10,000 or so. What is forgotten may be doubled when it is tried again. */
export class ServedMessages {
  readonly #messages = new SieveMap<string, ServedDestinations>({ entriesMax: 10_000, octetsMax: 16_777_216 });

  get(id: string): ServedDestinations {
    const known = this.#messages.get(id) ?? new ServedDestinations();
    this.keep(id, known);
    return known;
  }

  /** More may be known of it now. */
  keep(id: string, destinations: ServedDestinations): void {
    this.#messages.set(id, destinations, destinations.octets);
  }
}
