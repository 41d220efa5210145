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

/** Runs a program that others wrote; its standard output. */
export function runProgram(
  program: string,
  words: readonly string[],
  options: {
    readonly input?: string;
    readonly cwd?: string;
    readonly home?: string;
    readonly statuses?: readonly number[];
  } = {},
): Promise<string> {
  const { input = "", cwd, home = cwd, statuses = [0] } = options;
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...(home !== undefined && { HOME: home }) };
    const child = spawn(program, words, { cwd, env, timeout: 60_000 });
    let [out, error] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (error += text));
    child.on("error", reject);
    child.on("close", (status) => {
      if (statuses.includes(status ?? -1)) resolve(out);
      else reject(new Error(`${program} ended with ${status}: ${error.slice(-2_000)}\n${out.slice(-2_000)}`));
    });
    child.stdin.on("error", () => {}); // it did not want to hear all of it
    child.stdin.end(input);
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
