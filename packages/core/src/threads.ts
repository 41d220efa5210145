/** A pool of worker threads, for work that would hold up the loop. */
export interface Threads {
  /**
   * Calls an exported function of a module in a worker thread; arguments and result are structured clones.
   * @param module a `file:` URL, as `new URL("./work.js", import.meta.url)` gives
   * @throws {StateError} when too many tasks wait already (10,000 on `node`); `signal.reason`; what the function threw
   */
  run<Result>(
    module: URL,
    name: string,
    parameters: readonly unknown[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Result>;
  /** Ends idle workers and waits for busy ones. */
  close(): Promise<void>;
}
