import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** Skips a test, saying why, unless a program is installed. */
export function needs(context: TestContext, program: string): boolean {
  const isThere = spawnSync("sh", ["-c", `command -v ${program}`], { env: withSbin() }).status === 0;
  if (!isThere) context.skip(`${program} is not installed`);
  return isThere;
}

/** Skips a test, saying why, unless Debian's Python has a module. */
export function needsPython(context: TestContext, module: string): boolean {
  const isThere = spawnSync("/usr/bin/python3", ["-c", `import ${module}`]).status === 0;
  if (!isThere) context.skip(`python3-${module} is not installed`);
  return isThere;
}

/** How a program ended, and what it printed. */
export interface ProgramEnd {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a program that others wrote to its end; one that hangs is ended after 30 s. */
export function run(program: string, words: readonly string[], input = ""): Promise<ProgramEnd> {
  const child = spawn(program, words, { env: withSbin(), timeout: 30_000 });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.on("error", () => {}).end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    // A program that leaves a daemon behind leaves it its output, which then has no end.
    const ended = (status: number | null) => resolve({ status, output });
    child.once("close", ended);
    child.once("exit", (status) => setTimeout(ended, 500, status).unref());
  });
}

/** A program that runs until the test is over. */
export class ServerProgram {
  readonly #child: ChildProcess;
  readonly #lastSignal: NodeJS.Signals;
  output = "";

  /** @param lastSignal what ends it; a program that has children must be let end them */
  constructor(
    context: TestContext,
    program: string,
    words: readonly string[],
    lastSignal: "SIGKILL" | "SIGTERM" = "SIGKILL",
  ) {
    this.#lastSignal = lastSignal;
    this.#child = spawn(program, words, { env: withSbin(), stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout!.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    this.#child.stderr!.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    context.after(() => this.stop());
  }

  /** Resolves when it has printed something that an expression finds; rejects when it ends before. */
  async printed(expression: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = expression.exec(this.output);
      if (found !== null) return found;
      if (this.#child.exitCode !== null) throw new Error(`It ended with ${this.#child.exitCode}: ${this.output}`);
      await new Promise((resolve) => {
        this.#child.stdout!.once("data", resolve);
        this.#child.stderr!.once("data", resolve);
        this.#child.once("exit", resolve);
      });
    }
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) return resolve();
      this.#child.once("exit", () => resolve());
      this.#child.kill(this.#lastSignal);
    });
  }
}

/** Resolves when somebody listens on a port of this machine. */
export async function listening(port: number): Promise<void> {
  for (let attempts = 0; attempts < 200; attempts++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (isOpen) return;
    await run("sleep", ["0.05"]);
  }
  throw new Error(`Nobody listens on port ${port}`);
}

/** @param before what must be done while the folder is still there */
export function temporaryFolder(context: TestContext, before?: (folder: string) => Promise<unknown>): string {
  const folder = mkdtempSync(join(tmpdir(), "hawser-smtp-"));
  context.after(async () => {
    await before?.(folder);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Writes a file into a folder; its path. */
export function file(folder: string, name: string, text: string | Uint8Array, mode = 0o644): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode });
  return path;
}

function withSbin(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin`, LC_ALL: "C.UTF-8" };
}
