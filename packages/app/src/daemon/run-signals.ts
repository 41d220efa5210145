/** What signals ask for. */
export interface SignalActions {
  /** SIGTERM, SIGINT; the second time it is to hurry. */
  stop(signal: string): void;
  hurry(signal: string): void;
  /** SIGHUP. */
  reload(): void;
  /** SIGUSR1. */
  reopenLogs(): void;
  /** SIGUSR2. */
  toggleDebug(): void;
}

/**
 * Listens to the signals of a daemon.
 * @returns ends it
 */
export function listenToSignals(actions: SignalActions): () => void {
  let stops = 0;
  const stop = (signal: NodeJS.Signals) => {
    stops += 1;
    if (stops === 1) actions.stop(signal);
    else actions.hurry(signal);
  };
  const listeners: readonly (readonly [NodeJS.Signals, (signal: NodeJS.Signals) => void])[] = [
    ["SIGTERM", stop],
    ["SIGINT", stop],
    ["SIGHUP", actions.reload],
    ["SIGUSR1", actions.reopenLogs], // node would start its debugger
    ["SIGUSR2", actions.toggleDebug],
  ];
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}
