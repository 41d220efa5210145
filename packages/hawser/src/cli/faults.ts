import { subscribe } from "node:diagnostics_channel";
import { type Fault, HawserError } from "@hawser/core";

/**
 * Tells whoever runs the command what goes wrong while it serves: one line for what scripts and networks do, the stack
 * for a mistake of ours.
 */
export function tellFaults(name: string): void {
  subscribe("hawser:fault", (message) => {
    const { error, where } = message as Fault;
    process.stderr.write(`${name}: ${printable(`${where}: ${words(error)}`)}\n`);
  });
}

function words(error: unknown): string {
  if (error instanceof HawserError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Peers and scripts shall not steer the terminal. */
function printable(text: string): string {
  return text.replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
