import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { systemProcesses } from "./process-table.ts";

const main = fileURLToPath(new URL("./run-main.test-kit.js", import.meta.url));

/** How a command ended, and what it said. */
export interface EndedCommand {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A command that runs. */
export interface StartedCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<EndedCommand>;
  /** Resolves when its output, or what it complains, has a text. */
  says(text: string): Promise<void>;
}

/** How a command is started. */
export interface CommandSurroundings {
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Words before node's own, such as a program that starts it. */
  readonly before?: readonly string[] | undefined;
}

/** Starts `hawser …` as the tests have it. */
export function startCommand(
  words: readonly string[],
  { directory, environment, before = [] }: CommandSurroundings,
): StartedCommand {
  const [program, ...rest] = [...before, process.execPath, main, ...words];
  const child = spawn(program!, rest, {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], ...environment },
  });
  let [output, errors] = ["", ""];
  const waiting: (readonly [text: string, run: () => void])[] = [];
  const look = () => {
    for (const [text, run] of waiting) if (has(text)) run();
  };
  const has = (text: string) => output.includes(text) || errors.includes(text);
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    look();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
    look();
  });
  const ended = new Promise<EndedCommand>((resolve) => {
    child.once("close", (status) => resolve({ status, output, errors }));
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      if (has(text)) return resolve();
      waiting.push([text, resolve]);
      void ended.then(() => reject(new Error(`It never said ${text}, but ${output}${errors}`)));
    });
  return { child, ended, says };
}

/** Runs `hawser …` to its end. */
export function runCommand(words: readonly string[], surroundings: CommandSurroundings): Promise<EndedCommand> {
  return startCommand(words, surroundings).ended;
}

/**
 * Kills the daemon of a pid file when the test is over, whatever became of it. To be called before the file's folder is
 * made: what is registered first is done first, and the folder goes, too.
 */
export function endDaemonAfter(context: TestContext, pidFile: () => string): void {
  context.after(() => {
    const pid = daemonPid(pidFile());
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  });
}

/** The process of a pid file that lives. */
export function daemonPid(pidFile: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, "utf8"));
    return pid > 1 && systemProcesses.isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** A port that nobody has. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves when something is so; other processes tell nobody when they are done. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`It did not come about that ${what}`);
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
