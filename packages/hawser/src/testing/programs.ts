import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import type { TestContext } from "node:test";

/** What a program printed, and how it ended. */
export interface ProgramResult {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

export interface ProgramOptions {
  readonly input?: string | undefined;
  /** Ends the program. Default 60,000 ms. */
  readonly timeoutMs?: number | undefined;
}

/** Runs a program that others wrote, without a shell. */
export function runProgram(
  program: string,
  words: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: "pipe", timeout: options.timeoutMs ?? 60_000 });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.stdin.on("error", () => {}); // a program may end without reading what it was given
    child.stdin.end(options.input);
    child.once("error", reject);
    child.once("close", (status) => {
      resolve({ status, output: Buffer.concat(output).toString(), errors: Buffer.concat(errors).toString() });
    });
  });
}

/** Skips a test, saying why, unless all programs are installed. */
export function needs(context: TestContext, ...programs: readonly string[]): boolean {
  const missing = programs.filter((program) => !installed(program));
  if (missing.length > 0) context.skip(`not installed: ${missing.join(", ")}`);
  return missing.length === 0;
}

function installed(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((folder) => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
