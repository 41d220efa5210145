import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Fault } from "@hawser/core";

/** The faults that are reported while something is done. */
export async function faultsDuring(run: () => Promise<void>): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  const note = (fault: unknown): void => void faults.push(fault as Fault);
  subscribe("hawser:fault", note);
  try {
    await run();
  } finally {
    unsubscribe("hawser:fault", note);
  }
  return faults;
}
