import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import type { TestContext } from "node:test";

/** A program of somebody else's that we talk to by lines. */
export class LineProgram {
  readonly #child: ChildProcess;
  #text = "";
  #errors = "";
  #ended = false;
  #wake: () => void = () => {};
  readonly exit: Promise<number | null>;

  constructor(program: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
    // The deadline is for programs that wait for what does not come. Without a terminal none asks for a password there.
    this.#child = spawn(program, words, { env: { ...process.env, ...env }, timeout: 20_000, detached: true });
    this.#child.stdout!.on("data", (chunk: Buffer) => {
      this.#text += chunk.toString();
      this.#wake();
    });
    this.#child.stderr!.on("data", (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    this.#child.stdin!.on("error", () => {}); // it may end without reading all
    this.exit = new Promise((resolve) => {
      this.#child.once("close", (status) => {
        this.#ended = true;
        this.#wake();
        resolve(status);
      });
    });
  }

  get errors(): string {
    return this.#errors;
  }

  say(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  /** No more input. */
  end(): void {
    this.#child.stdin!.end();
  }

  /** All lines until it ends. */
  async rest(): Promise<readonly string[]> {
    const lines: string[] = [];
    for (let line = await this.hear(); line !== undefined; line = await this.hear()) lines.push(line);
    return lines;
  }

  /** The next line of output that an expression finds, without what stands before its group. `undefined` at the end. */
  async hear(expression: RegExp = /^(.*)$/): Promise<string | undefined> {
    for (;;) {
      const at = this.#text.indexOf("\n");
      if (at >= 0) {
        const line = this.#text.slice(0, at);
        this.#text = this.#text.slice(at + 1);
        const found = expression.exec(line)?.[1];
        if (found !== undefined) return found;
      } else if (this.#ended) return undefined;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

/** Skips a test, saying why, unless a program is installed. */
export function hasProgram(t: TestContext, program: string): boolean {
  const there = spawnSync(program, ["--version"]).error === undefined;
  if (!there) t.skip(`${program} is not installed`);
  return there;
}
