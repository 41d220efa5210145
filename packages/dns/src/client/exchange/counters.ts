/** What a client has done and seen since it was made. */
export interface DnsClientCounters {
  /** Questions that were put. */
  readonly questions: number;
  /** Datagrams sent, with repetitions and second tries. */
  readonly datagrams: number;
  /** Datagrams that were sent again, because nobody had answered. */
  readonly repetitions: number;
  /** Questions that were put again over TCP: cut, doubtful or BADCOOKIE. */
  readonly streamRetries: number;
  /** Connections that were opened. */
  readonly connections: number;
  /** Messages that were no answer to what was asked: another source, id or question, or cookie. Somebody guesses, or is late. */
  readonly strangers: number;
  /** Answers that could not be read, or were not signed as they must be. */
  readonly unreadable: number;
}

/** The same, to count with. */
export type ClientCounts = { -readonly [Key in keyof DnsClientCounters]: DnsClientCounters[Key] };

export function newCounts(): ClientCounts {
  return { questions: 0, datagrams: 0, repetitions: 0, streamRetries: 0, connections: 0, strangers: 0, unreadable: 0 };
}
