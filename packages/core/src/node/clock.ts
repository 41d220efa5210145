import { performance } from "node:perf_hooks";
import type { Clock } from "../clock.ts";
import { deadlineOn, sleepOn } from "../clocks.ts";

/** The machine's own time. */
export const nodeClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, run, options) {
    const timeout = setTimeout(run, ms);
    if (options?.idle) timeout.unref();
    return { cancel: () => clearTimeout(timeout) };
  },
  sleep: (ms, options) => sleepOn(nodeClock, ms, options?.signal),
  deadline: (ms) => deadlineOn(nodeClock, ms),
};
