import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Fault } from "@hawser/core";

/** Keeps faults that a test provokes, which would otherwise become warnings of the process. */
export async function faultsDuring(run: () => Promise<void>): Promise<readonly string[]> {
  const faults: string[] = [];
  const note = (message: unknown) => {
    const { error } = message as Fault;
    faults.push(error instanceof Error ? error.message : String(error));
  };
  subscribe("hawser:fault", note);
  try {
    await run();
  } finally {
    unsubscribe("hawser:fault", note);
  }
  return faults;
}
