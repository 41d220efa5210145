import { type Clock, ConnectionError, DeadlineTimer } from "@hawser/core";

/** How long a backend may think: one timer for a whole session, which asks one thing at a time. */
export class BackendTimer {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #timer: DeadlineTimer;
  #late: ((error: ConnectionError) => void) | undefined;

  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#ms = ms;
    this.#timer = new DeadlineTimer(clock, () => this.#expire());
  }

  /** It thinks from now on. `late` is called with a `timed-out` error, unless {@link stop} comes in time. */
  start(late: (error: ConnectionError) => void): void {
    this.#late = late;
    this.#timer.set(this.#clock.now() + this.#ms);
  }

  stop(): void {
    this.#late = undefined;
    this.#timer.set(undefined);
  }

  /** What the backend says, or a `timed-out` error when it says nothing in time. */
  async wait<Result>(thinking: Promise<Result>): Promise<Result> {
    const late = new Promise<never>((_, reject) => this.start(reject));
    try {
      return await Promise.race([thinking, late]);
    } finally {
      this.stop();
    }
  }

  /** The session is over. */
  cancel(): void {
    this.#late = undefined;
    this.#timer.cancel();
  }

  #expire(): void {
    this.#late?.(new ConnectionError("timed-out", `Cannot finish: ${this.#ms} ms have passed`));
  }
}
