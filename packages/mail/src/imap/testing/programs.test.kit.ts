import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { memoryMail } from "../../store/memory/store.ts";
import type { MailAccount } from "../../store/store.ts";
import type { ImapServerOptions } from "../server/options.ts";
import { served, type WrittenMail } from "./served.test.kit.ts";

/** Skips a test, saying why, unless a program is installed. */
export function needs(context: TestContext, ...programs: readonly string[]): boolean {
  const missing = programs.find((program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0);
  if (missing !== undefined) context.skip(`${missing} is not installed`);
  return missing === undefined;
}

/** What {@link runProgram} takes. */
export interface RunProgramOptions {
  /** What it reads; `open`: input that never ends, as somebody who types nothing. Default: none. */
  readonly input?: string | "open";
  readonly cwd?: string;
  readonly home?: string;
  readonly statuses?: readonly number[];
}

const programDeadlineMs = 60_000;

/**
 * Runs a program that others wrote; its standard output. After a minute it is killed with all that it has started: some take
 * no notice of SIGTERM, and children of theirs hold on to the output, which then has no end.
 */
export function runProgram(
  program: string,
  words: readonly string[],
  { input = "", cwd, home = cwd, statuses = [0] }: RunProgramOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...(home !== undefined && { HOME: home }) };
    const child = spawn(program, words, { cwd, env, detached: true }); // a process group of its own
    let [out, error, late] = ["", "", false];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (error += text));
    const deadline = setTimeout(() => {
      late = true;
      process.kill(-child.pid!, "SIGKILL");
    }, programDeadlineMs);
    const ended = (status: number | null): void => {
      clearTimeout(deadline);
      const how = late ? `did not end within ${programDeadlineMs / 1_000} s` : `ended with ${status}`;
      if (!late && statuses.includes(status ?? -1)) resolve(out);
      else reject(new Error(`${program} ${how}: ${error.slice(-2_000)}\n${out.slice(-2_000)}`));
    };
    child.on("error", (failure) => {
      clearTimeout(deadline);
      reject(failure);
    });
    child.on("close", ended);
    child.on("exit", (status) => setTimeout(ended, 2_000, status).unref());
    child.stdin.on("error", () => {}); // it did not want to hear all of it
    if (input !== "open") child.stdin.end(input);
  });
}

export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "hawser-imap-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A server on this machine until the test is over: its port, and the mail of alice. */
export async function serveHere(
  context: TestContext,
  mails: readonly WrittenMail[] = [],
  options: Partial<ImapServerOptions> = {},
): Promise<{ readonly port: number; readonly account: MailAccount }> {
  const store = memoryMail(nodeReactor);
  const listener = await listen("tcp:0:host=127.0.0.1", served(nodeReactor, mails, { store, ...options }), {
    reactor: nodeReactor,
  });
  context.after(() => listener.stop({ graceMs: 100 }));
  const [address] = listener.addresses;
  return { port: (address as { port: number }).port, account: await store.account("alice") };
}
