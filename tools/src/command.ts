import { spawn } from "node:child_process";
import { root } from "./tree.ts";

/** How a program ended, and all that it printed. */
export interface Outcome {
  readonly status: number;
  readonly output: string;
}

/** Runs a program to its end. One that cannot be started, or is killed, has status 1. */
export async function outcome(command: string, words: readonly string[], directory: string = root): Promise<Outcome> {
  const child = spawn(command, words, { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ status: 1, output: error.message }));
    child.on("close", (status) => resolve({ status: status ?? 1, output }));
  });
}

/** Fails with what a Node program printed, and an advice, unless it ends well. */
export async function assertRuns(script: readonly string[], advice: string): Promise<void> {
  const { status, output } = await outcome(process.execPath, script);
  if (status === 0) return;
  const error = new Error(`${output.trim()}\n\n${advice}`);
  error.stack = error.message;
  throw error;
}
