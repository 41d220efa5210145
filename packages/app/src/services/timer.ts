import { type CommandContext, every, type Repetition, type Service, type StopOptions } from "@hawser/core";

/** What a timed call is given. */
export interface TimerCall {
  /** How many calls were left out because the one before took too long. */
  readonly skipped: number;
  /** Aborts when the service has waited long enough for the call to end. */
  readonly signal: AbortSignal;
}

/** How a {@link timerService} calls. */
export interface TimerServiceOptions {
  /** Makes the first call at once instead of one interval after the start. Default false. */
  readonly immediately?: boolean | undefined;
  /** Is told what a call threw, and the calls go on. Default: the service breaks, and its restart policy decides. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const graceMsDefault = 10_000;

/**
 * A service that calls `run` every `everyMs`, on an even grid; calls never overlap (Twisted's TimerService).
 * `{ name: "sweep", start: timerService(60_000, sweep) }`
 */
export function timerService(
  everyMs: number,
  run: (call: TimerCall) => void | PromiseLike<void>,
  options: TimerServiceOptions = {},
): (context: CommandContext) => Promise<Service> {
  return async (context) => new TimedCalls(everyMs, run, options, context);
}

class TimedCalls implements Service {
  readonly ended: Promise<void>;
  readonly #context: CommandContext;
  readonly #hurry = new AbortController();
  #repetition: Repetition | undefined;
  #isStopped = false;

  constructor(
    everyMs: number,
    run: (call: TimerCall) => void | PromiseLike<void>,
    options: TimerServiceOptions,
    context: CommandContext,
  ) {
    this.#context = context;
    const { signal } = this.#hurry;
    const call = (skipped: number) => run({ skipped, signal });
    this.ended = new Promise((_, reject) => {
      const begin = () => {
        if (this.#isStopped) return;
        this.#repetition = every(context.reactor.clock, everyMs, call, options);
        this.#repetition.done.catch(reject);
      };
      if (context.whenServing === undefined) begin();
      else context.whenServing(begin);
    });
    this.ended.catch(() => {}); // told to who looks
  }

  /** Lets the present call end; when the grace is over, its signal aborts. */
  async stop({ graceMs = graceMsDefault, signal }: StopOptions = {}): Promise<void> {
    this.#isStopped = true;
    if (this.#repetition === undefined) return;
    this.#repetition.stop();
    const hurry = () => this.#hurry.abort();
    const timer = this.#context.reactor.clock.after(graceMs, hurry);
    signal?.addEventListener("abort", hurry, { once: true });
    if (signal?.aborted) hurry();
    await this.#repetition.done.catch(() => {}); // `ended` has told
    timer.cancel();
    signal?.removeEventListener("abort", hurry);
  }
}
