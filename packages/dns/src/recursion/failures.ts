import type { Instant } from "@hawser/core";
import { SieveMap } from "../cache/sieve-map.ts";
import type { DomainName } from "../name/domain-name.ts";
import { questionKey } from "./question.ts";

/** Why a question has no answer. */
export interface RecursionFailure {
  /** The info codes of extended errors that say so (RFC 8914 §4), the most telling first. */
  readonly infoCodes: readonly number[];
  /** For people. */
  readonly text: string;
  /** It lies in what else was being looked for: the same question may have an answer at another time. */
  readonly isCircumstantial: boolean;
  /** There was no room for it: it may be asked again at once. */
  readonly isMomentary?: boolean | undefined;
}

interface KnownFailure {
  readonly failure: RecursionFailure;
  readonly count: number;
  readonly until: Instant;
}

/** What is not tried again, in ms: at first, and at most when it fails again and again (RFC 9520 §3.2: 1 s to 5 min). */
const firstMs = 5_000;
const longestMs = 300_000;
/** How long it is remembered that something failed before, in ms. */
const memoryMs = 600_000;
const failuresMax = 20_000;

/** Questions that failed a short while ago, and are not asked again so soon (RFC 9520). */
export class RecursionFailures {
  readonly #known = new SieveMap<string, KnownFailure>({ entriesMax: failuresMax });

  find(name: DomainName, type: number, now: Instant): RecursionFailure | undefined {
    const known = this.#known.get(questionKey(name, type));
    return known !== undefined && known.until > now ? known.failure : undefined;
  }

  /** Remembers a failure: twice as long as that before it. */
  note(name: DomainName, type: number, failure: RecursionFailure, now: Instant): void {
    const key = questionKey(name, type);
    const before = this.#known.peek(key);
    const count = before !== undefined && before.until + memoryMs > now ? before.count + 1 : 0;
    const until = now + Math.min(firstMs * 2 ** count, longestMs);
    this.#known.set(key, { failure, count, until }, 200 + 2 * key.length + 2 * failure.text.length);
  }

  forget(name: DomainName, type: number): void {
    this.#known.delete(questionKey(name, type));
  }
}
