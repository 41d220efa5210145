import { channel } from "node:diagnostics_channel";
import { emitWarning } from "./process-calls.ts";

const faults = channel("hawser:fault");

/** An error that nobody was waiting for: a bug in a protocol, a handler that threw after its answer. */
export interface Fault {
  readonly error: unknown;
  /** What was being done, such as `httpServer handler`. */
  readonly where: string;
}

/**
 * Reports an error that has no caller to go to. It is published on the diagnostics channel `hawser:fault`; when nobody
 * listens there it becomes a process warning, so that no bug is silent and none ends the server.
 */
export function reportFault(error: unknown, where: string): void {
  if (faults.hasSubscribers) {
    faults.publish({ error, where } satisfies Fault);
    return;
  }
  const warning = error instanceof Error ? error : new Error(String(error));
  emitWarning(`${where}: ${warning.stack ?? warning.message}`, "HawserFault");
}
