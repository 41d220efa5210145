import { type Clock, ConnectionError, withDeadline } from "@hawser/core";
import type { DnsLookups, DnsLookupsAnswer, DnsLookupsType } from "./lookups.ts";

/** What one message may ask of the DNS. */
export interface LookupLimits {
  readonly clock: Clock;
  readonly lookupsMax: number;
  /** For all questions together, from {@link LimitedLookups.restart} on. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Asks each question once, so many in all, in limited time; what comes beyond fails. For one message: nothing is forgotten. */
export class LimitedLookups implements DnsLookups {
  readonly #lookups: DnsLookups;
  readonly #limits: LookupLimits;
  readonly #asked = new Map<string, Promise<DnsLookupsAnswer>>();
  #endsAt: number;

  constructor(lookups: DnsLookups, limits: LookupLimits) {
    this.#lookups = lookups;
    this.#limits = limits;
    this.#endsAt = limits.clock.now() + limits.timeoutMs;
  }

  /** The time begins anew: a body may take longer to come than the DNS. */
  restart(): void {
    this.#endsAt = this.#limits.clock.now() + this.#limits.timeoutMs;
  }

  /** Takes no signal of its own: others may wait for the same answer. */
  lookUp(name: string, type: DnsLookupsType): Promise<DnsLookupsAnswer> {
    const key = `${type} ${name.toLowerCase()}`;
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const { lookupsMax } = this.#limits;
    if (this.#asked.size >= lookupsMax) return failed(`one message may ask ${lookupsMax} questions`);
    const answer = this.#ask(name, type);
    this.#asked.set(key, answer);
    return answer;
  }

  async #ask(name: string, type: DnsLookupsType): Promise<DnsLookupsAnswer> {
    const { clock, signal: given } = this.#limits;
    const leftMs = this.#endsAt - clock.now();
    if (leftMs <= 0) return failed("it took too long");
    try {
      return await withDeadline(clock, leftMs, (signal) => this.#lookups.lookUp(name, type, { signal }), {
        signal: given,
      });
    } catch (error) {
      given?.throwIfAborted();
      if (error instanceof ConnectionError && error.code === "timed-out") return failed("it took too long");
      throw error;
    }
  }
}

async function failed(reason: string): Promise<DnsLookupsAnswer> {
  return { type: "failed", reason };
}
