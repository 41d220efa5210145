/** Milliseconds on a reactor's monotonic clock. Only differences mean anything. */
export type Instant = number;

/** A pending call made with {@link Clock.after}. */
export interface Timer {
  /** Stops the call if it has not happened. Safe to repeat. */
  cancel(): void;
}

/** Time, as a reactor tells it: the machine's own on `node`, virtual in a `simulation`. */
export interface Clock {
  /** Monotonic milliseconds, for deadlines and durations. */
  now(): Instant;
  /** Milliseconds since 1970-01-01 UTC, for dates that people and peers read. */
  wall(): number;
  /** Calls `run` once, `ms` from now (at least one turn later). A pending call keeps the reactor alive unless `idle`. */
  after(ms: number, run: () => void, options?: { readonly idle?: boolean | undefined }): Timer;
  /** Resolves `ms` from now; rejects with `signal.reason` when that comes first. */
  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /** A signal that aborts with a `timed-out` {@link ConnectionError} `ms` from now: `AbortSignal.timeout` in this clock's time. */
  deadline(ms: number): AbortSignal;
}
