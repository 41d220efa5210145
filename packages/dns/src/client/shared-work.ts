/** Work that several wait for: it is done once, as long as somebody waits, and given up with the last. */
export class SharedWork<Value> {
  readonly #running = new Map<string, Running<Value>>();

  /** Joins the work of this key, or begins it. Rejects with `signal.reason` when the signal aborts first. */
  join(key: string, begin: (signal: AbortSignal) => Promise<Value>, signal: AbortSignal): Promise<Value> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return waitFor(this.#running.get(key) ?? this.#begin(key, begin), signal);
  }

  /** Gives up everything. */
  abort(reason: Error): void {
    for (const { controller } of this.#running.values()) controller.abort(reason);
  }

  #begin(key: string, begin: (signal: AbortSignal) => Promise<Value>): Running<Value> {
    const controller = new AbortController();
    const running: Running<Value> = { controller, waiting: 0, value: begin(controller.signal) };
    this.#running.set(key, running);
    const forget = (): void => {
      if (this.#running.get(key) === running) this.#running.delete(key);
    };
    controller.signal.addEventListener("abort", forget, { once: true }); // who comes now must not wait for what ends
    running.value.then(forget, forget);
    return running;
  }
}

interface Running<Value> {
  readonly value: Promise<Value>;
  readonly controller: AbortController;
  waiting: number;
}

function waitFor<Value>(running: Running<Value>, signal: AbortSignal): Promise<Value> {
  running.waiting++;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      reject(signal.reason);
      if (--running.waiting === 0) running.controller.abort(signal.reason);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    running.value.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
  });
}
