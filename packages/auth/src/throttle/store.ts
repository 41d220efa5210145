import type { Clock } from "@hawser/core";
import { LeastRecent } from "../least-recent.ts";

/** What is remembered about an address or an account. Plain data, so that a store may keep it anywhere. */
export interface ThrottleEntry {
  /** Failures that are not yet forgotten; a fraction of one may be. */
  readonly failures: number;
  /** When that was so. */
  readonly at: number;
  /** When the next attempt may begin. */
  readonly next: number;
  /** Keyed marks of the last wrong passwords. */
  readonly wrong: readonly string[];
}

/** An entry as it shall be, and what to tell the caller. */
export interface ThrottleChange<Result> {
  /** `undefined` leaves it as it is. */
  readonly entry?: ThrottleEntry | undefined;
  readonly result: Result;
}

/**
 * Where failures are counted. One that several processes or machines share makes them one server to an attacker.
 */
export interface ThrottleStore {
  /**
   * Reads an entry and puts another in its place, with nobody in between.
   * @param change is told the time in milliseconds, on a clock that all users of the store share; it may be called again
   */
  update<Result>(
    key: string,
    change: (entry: ThrottleEntry | undefined, now: number) => ThrottleChange<Result>,
  ): Promise<Result>;
}

/** How much a {@link memoryThrottleStore} keeps. */
export interface MemoryThrottleStoreOptions {
  /** What was not touched for the longest time is forgotten beyond it. Default 50,000: about 20 MB. */
  readonly entriesMax?: number | undefined;
}

/** Counts in this process. */
export function memoryThrottleStore(
  clock: Clock,
  { entriesMax = 50_000 }: MemoryThrottleStoreOptions = {},
): ThrottleStore {
  const entries = new LeastRecent<string, ThrottleEntry>(entriesMax);
  return {
    update: async (key, change) => {
      const { entry, result } = change(entries.get(key), clock.now());
      if (entry !== undefined) entries.set(key, entry);
      return result;
    },
  };
}
