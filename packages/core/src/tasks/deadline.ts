import type { Clock } from "../clock.ts";
import { ConnectionError } from "../errors.ts";
import { type Cancellable, onAbort } from "./abort.ts";

/**
 * Gives `task` a limited time: its signal aborts after `ms`, or with the caller's own. The promise rejects then, whether
 * or not the task heeds its signal; a task that made something must itself let it go when it comes too late.
 *
 * Unlike `AbortSignal.any([clock.deadline(ms), signal])` it leaves neither a timer nor a listener behind.
 * @throws {ConnectionError} `timed-out`; otherwise `signal.reason`, or what the task threw
 */
export async function withDeadline<Result>(
  clock: Clock,
  ms: number,
  task: (signal: AbortSignal) => Result | PromiseLike<Result>,
  { signal }: Cancellable = {},
): Promise<Result> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const timer = clock.after(ms, () => controller.abort(timedOut(ms)));
  const stopListening = onAbort(signal, () => controller.abort(signal?.reason));
  try {
    return await Promise.race([task(controller.signal), rejection(controller.signal)]);
  } finally {
    timer.cancel();
    stopListening();
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((_, reject) => onAbort(signal, () => reject(signal.reason)));
}

function timedOut(ms: number): ConnectionError {
  return new ConnectionError("timed-out", `Cannot finish: ${ms} ms have passed`);
}
