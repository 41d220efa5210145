import { subscribe } from "node:diagnostics_channel";
import { type Fault, HawserError } from "@hawser/core";
import type { ClusterEvent } from "@hawser/core/cluster";

/**
 * Tells whoever runs the command what goes wrong while it serves: one line for what scripts and networks do, the stack
 * for a mistake of ours.
 */
export function tellFaults(name: string): void {
  process.stderr.on("error", () => {}); // nobody listens any more: that ends no service
  subscribe("hawser:fault", (message) => {
    const { error, where } = message as Fault;
    process.stderr.write(`${name}: ${printable(`${where}: ${words(error)}`)}\n`);
  });
}

/** Tells which workers of a running cluster were lost, or could not be replaced yet. */
export function tellLostWorkers(name: string): void {
  subscribe("hawser:cluster", (message) => {
    const { type, pid, reason } = message as ClusterEvent;
    if (type === "ready") return;
    const what = type === "lost" ? "ended, and is replaced" : "could not start";
    process.stderr.write(`${name}: worker ${pid} ${what}: ${printable(reason ?? "nobody knows why")}\n`);
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
