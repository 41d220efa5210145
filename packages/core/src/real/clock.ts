import type { Clock, Timer } from "../clock.ts";
import { deadlineOn, sleepOn } from "../clocks.ts";

/** What Node's timers reach, some 25 days; what is further away they would fire at once. */
const reachMs = 2 ** 31 - 1;

/** The machine's own time. */
export const realClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, run, options) {
    if (ms > reachMs) return afterLong(ms, run, options);
    const timeout = setTimeout(run, ms);
    if (options?.idle) timeout.unref();
    return new RealTimer(timeout);
  },
  sleep: (ms, options) => sleepOn(realClock, ms, options?.signal),
  deadline: (ms) => deadlineOn(realClock, ms),
};

/** Every connection has one: an object of one field is smaller than a closure, its context and the object that has it. */
class RealTimer implements Timer {
  readonly #timeout: NodeJS.Timeout;

  constructor(timeout: NodeJS.Timeout) {
    this.#timeout = timeout;
  }

  cancel(): void {
    clearTimeout(this.#timeout);
  }
}

/** A wait beyond the reach is made of several. */
function afterLong(ms: number, run: () => void, options: Parameters<Clock["after"]>[2]): Timer {
  let timer = realClock.after(
    reachMs,
    () => {
      timer = realClock.after(ms - reachMs, run, options);
    },
    options,
  );
  return { cancel: () => timer.cancel() };
}
