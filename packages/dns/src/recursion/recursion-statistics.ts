/** What a resolver did so far, and what it holds. */
export interface RecursionStatistics {
  readonly questions: number;
  /** Answered at once, from what was known. */
  readonly hits: number;
  /** Answered by what was out of date (RFC 8767). */
  readonly staleAnswers: number;
  /** Questions that waited for the same one of somebody else. */
  readonly joined: number;
  readonly resolutions: number;
  /** Resolutions that ended without an answer. */
  readonly failures: number;
  /** Refused because too many were under way. */
  readonly overloads: number;
  /** Asked again before they were out of date. */
  readonly prefetches: number;
  /** Questions put to servers, and those of them that had no answer. */
  readonly exchanges: number;
  readonly exchangeFailures: number;
  readonly underWay: number;
  readonly cachedSets: number;
  readonly knownServers: number;
  readonly knownZones: number;
}

/** The counters of {@link RecursionStatistics}, while they count. */
export type RecursionCounts = {
  -readonly [Key in keyof RecursionStatistics as Exclude<
    Key,
    "cachedSets" | "knownServers" | "knownZones" | "underWay"
  >]: number;
};

export function newRecursionCounts(): RecursionCounts {
  return {
    questions: 0,
    hits: 0,
    staleAnswers: 0,
    joined: 0,
    resolutions: 0,
    failures: 0,
    overloads: 0,
    prefetches: 0,
    exchanges: 0,
    exchangeFailures: 0,
  };
}
