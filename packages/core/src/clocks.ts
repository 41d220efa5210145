import type { Clock } from "./clock.ts";
import { ConnectionError } from "./errors.ts";

/** {@link Clock.sleep} for any clock that can `after`. */
export function sleepOn(clock: Pick<Clock, "after">, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      timer.cancel();
      reject(signal!.reason);
    };
    const timer = clock.after(ms, () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    });
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** {@link Clock.deadline} for any clock that can `after`. */
export function deadlineOn(clock: Pick<Clock, "after">, ms: number): AbortSignal {
  const controller = new AbortController();
  const expire = () => controller.abort(new ConnectionError("timed-out", `No answer within ${ms} ms`));
  clock.after(ms, expire, { idle: true });
  return controller.signal;
}
