/** What can be given up while it waits. */
export interface Cancellable {
  /** Gives up the wait; the promise rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls `run` when the signal aborts.
 * @returns takes the listener off again; a signal that lives for days must not collect one for every wait
 */
export function onAbort(signal: AbortSignal | undefined, run: () => void): () => void {
  signal?.addEventListener("abort", run, { once: true });
  return () => signal?.removeEventListener("abort", run);
}
