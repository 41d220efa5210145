import { type Clock, ConnectionError, DeadlineTimer } from "@hawser/core";

/** How long a backend may think: one timer for a whole session, which asks one thing at a time. */
export class BackendTimer {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #timer: DeadlineTimer;
  #late: (() => void) | undefined;

  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#ms = ms;
    this.#timer = new DeadlineTimer(clock, () => this.#late?.());
  }

  /** What the backend says, or a `timed-out` ConnectionError when it says nothing in time. */
  wait<Result>(thinking: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new ConnectionError("timed-out", `Cannot finish: ${this.#ms} ms have passed`));
      this.#late = late;
      this.#timer.set(this.#clock.now() + this.#ms);
      const done = () => {
        if (this.#late === late) this.#stop();
      };
      thinking.then(
        (result) => {
          done();
          resolve(result);
        },
        (error: unknown) => {
          done();
          reject(error);
        },
      );
    });
  }

  /** The session is over. */
  cancel(): void {
    this.#late = undefined;
    this.#timer.cancel();
  }

  #stop(): void {
    this.#late = undefined;
    this.#timer.set(undefined);
  }
}
