/** How a secondary zone fares. */
export interface SecondaryZoneStatus {
  /** Its name, with the last dot. */
  readonly origin: string;
  /** The version that is served; `undefined` while there is no copy, or none that is good. */
  readonly serial: number | undefined;
  /** When the primaries are asked next; `undefined` while they are asked, and before the start. */
  readonly refreshInMs: number | undefined;
  /** When the copy is served no more, unless a primary answers; `undefined` when there is none. */
  readonly expiresInMs: number | undefined;
  /** Who answered last: `udp:192.0.2.1:53`. */
  readonly primary: string | undefined;
  /** Why the last attempt failed; `undefined` when it did not. */
  readonly lastError: unknown;
  readonly counters: {
    /** How often the primaries were asked, and how often none had an answer that could be used. */
    readonly attempts: number;
    readonly failures: number;
    /** Whole zones and differences that came. */
    readonly axfr: number;
    readonly ixfr: number;
    /** Notices that were believed. */
    readonly notices: number;
  };
}
