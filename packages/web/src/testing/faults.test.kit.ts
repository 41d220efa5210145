import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Fault } from "@hawser/core";

/** Keeps the faults that a test provokes, as `where: what`. They would otherwise become warnings of the process. */
export async function faultsDuring(run: () => Promise<void>): Promise<readonly string[]> {
  const faults: string[] = [];
  const note = (message: unknown) => {
    const { error, where } = message as Fault;
    faults.push(`${where}: ${error instanceof Error ? error.message : String(error)}`);
  };
  subscribe("hawser:fault", note);
  try {
    await run();
  } finally {
    unsubscribe("hawser:fault", note);
  }
  return faults;
}
