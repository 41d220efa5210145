import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** Skips a test, saying why, unless a program is installed. */
export function needs(context: TestContext, ...programs: readonly string[]): boolean {
  const missing = programs.find((program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0);
  if (missing !== undefined) context.skip(`${missing} is not installed`);
  return missing === undefined;
}

/** Runs a program that others wrote; its standard output. */
export function run(program: string, words: readonly string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync(program, words, { input, encoding: "utf8", timeout: 60_000 });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return stdout;
}

/** Starts a program that runs until the test is over. */
export function start(context: TestContext, program: string, words: readonly string[]): void {
  const child = spawn(program, words, { stdio: "ignore" });
  context.after(
    () =>
      new Promise((resolve) => {
        child.once("exit", resolve);
        child.kill("SIGKILL");
      }),
  );
}

export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "hawser-auth-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
