import type { Clock } from "../clock.ts";

/**
 * Runs something that must be over within a time. Its signal aborts when the time is over or the caller gives up; what
 * it rejects with then is the signal's reason, whatever the work itself made of it.
 */
export async function withinTime<Result>(
  clock: Clock,
  ms: number,
  late: () => Error,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const giveUp = () => controller.abort(signal!.reason);
  const timer = clock.after(ms, () => controller.abort(late()));
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    return await run(controller.signal);
  } catch (error) {
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    timer.cancel();
    signal?.removeEventListener("abort", giveUp);
  }
}
