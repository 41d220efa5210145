import type { ToolValues } from "@hawser/app/commands";
import type { Tool } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { terminal } from "./terminal.ts";

/** Runs a tool for the person in front of the terminal, who may stop it with Ctrl-C; a second one ends the process. */
export async function runWithTerminal(tool: Tool, values: ToolValues): Promise<number> {
  const enough = new AbortController();
  const onSignal = (signal: string) => enough.abort(new DOMException(`Stopped by ${signal}`, "AbortError"));
  for (const signal of signals) process.once(signal, onSignal);
  try {
    return await tool.run(values as never, { reactor: nodeReactor, terminal, signal: enough.signal });
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

const signals = ["SIGINT", "SIGTERM"] as const;
