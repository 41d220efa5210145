/** What a server did not do as it was asked, since it started. */
export interface DnsServerCounts {
  /** Datagrams that nobody looked at, because too many answers were waited for. */
  readonly dropped: number;
  /** Questions of clients that had asked too much. */
  readonly questionsLimited: number;
  /** Answers that were not sent, or only with TC or BADCOOKIE, because their network had been sent too many. */
  readonly responsesLimited: number;
  /** Answers that took too long. */
  readonly late: number;
}

/** The same while it counts. */
export type ServerCounts = { -readonly [Key in keyof DnsServerCounts]: number };

/** Nothing yet. */
export function noCounts(): ServerCounts {
  return { dropped: 0, questionsLimited: 0, responsesLimited: 0, late: 0 };
}
