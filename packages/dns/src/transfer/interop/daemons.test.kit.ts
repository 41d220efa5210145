import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { accessSync, closeSync, constants, openSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/bin"];

/** Where a program lies, looking into some folders first; `undefined` when it is not installed. */
export function findProgram(name: string, ...first: readonly string[]): string | undefined {
  if (name.startsWith("/")) return name;
  for (const folder of [...first, ...folders]) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {} // not here
  }
  return undefined;
}

/** Skips a test, saying why, unless all programs are installed. */
export function needsPrograms(context: TestContext, ...names: readonly string[]): boolean {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) context.skip(`${missing.join(", ")} is not installed`);
  return missing.length === 0;
}

/** A folder that is gone after the test. */
export async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "hawser-dns-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file and gives its path. */
export async function writeIn(folder: string, name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** A port of 127.0.0.1 that nobody has, neither over TCP nor over UDP. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const socket = createSocket("udp4");
    const isFree = await new Promise<boolean>((resolve) => {
      socket.once("error", () => resolve(false)).bind(port, "127.0.0.1", () => resolve(true));
    });
    if (isFree) socket.close();
    server.close();
    await once(server, "close");
    if (isFree) return port;
  }
}

/** A daemon in the foreground, which ends with the test. */
export interface Daemon {
  readonly child: ChildProcess;
  /** What it has written so far. */
  log(): string;
}

/** Starts a program; it is ended when the test is over, whatever came of it. */
export function startDaemon(context: TestContext, folder: string, program: string, words: readonly string[]): Daemon {
  const path = join(folder, "daemon.log");
  const file = openSync(path, "a");
  const child = spawn(findProgram(program)!, words, { cwd: folder, stdio: ["ignore", file, file] });
  closeSync(file);
  context.after(() => ended(child));
  return { child, log: () => readFileSync(path, "utf8") };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const isLate = await Promise.race([exit.then(() => false), sleep(5_000, true, { ref: false })]);
  if (isLate) child.kill("SIGKILL");
  await exit;
}

/** Runs a program to its end and gives what it printed. */
export async function runProgram(program: string, words: readonly string[], input?: string): Promise<string> {
  const running = promisify(execFile)(findProgram(program)!, words, { timeout: 20_000, maxBuffer: 2 ** 24 });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** Waits until something is so, looking every 50 ms. */
export async function eventually(
  what: string,
  check: () => boolean | Promise<boolean>,
  log?: () => string,
): Promise<void> {
  for (let left = 500; left > 0; left--) {
    if (await check().valueOf()) return;
    await sleep(50);
  }
  assert.fail(`not within 25 s: ${what}\n${log?.().slice(-3_000) ?? ""}`);
}
