import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const deadlineMs = 15_000;
const pauseMs = 25;

/** A program while it runs in a process of its own. */
export class Child {
  /** All that it has printed. */
  output = "";
  readonly #process: ChildProcess;
  readonly #closed: Promise<void>;
  #status: number | string | undefined;

  constructor(script: string, directory: string, environment: Readonly<Record<string, string>>) {
    this.#process = spawn(process.execPath, ["--enable-source-maps", script], {
      cwd: directory,
      // A program that shows tests would otherwise report them to our own runner.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
      });
    }
    this.#closed = new Promise((resolve) => {
      this.#process.on("close", (status, signal) => {
        this.#status = status ?? signal ?? "nothing";
        resolve();
      });
    });
  }

  /** Waits for the end, which must come by itself and be a good one. */
  async endsWell(): Promise<void> {
    await Promise.race([this.#closed, sleep(deadlineMs, undefined, { ref: false })]);
    if (this.#status === undefined)
      throw this.#failure(`It still ran after ${deadlineMs / 1000} s (a server says what to "expect", or "stop")`);
    if (this.#status !== 0) throw this.#failure(`It ended with ${this.#status}`);
  }

  /** Asks again and again until there is no problem any more. */
  async meets(problem: (output: string) => Promise<string | undefined>): Promise<void> {
    const start = performance.now();
    for (;;) {
      const ended = this.#status;
      const found = await problem(this.output);
      if (found === undefined) return;
      if (ended !== undefined) throw this.#failure(`${found}, and it ended with ${ended}`);
      if (performance.now() - start > deadlineMs) throw this.#failure(found);
      await sleep(pauseMs);
    }
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#closed;
  }

  #failure(text: string): Error {
    const printed = this.output === "" ? "It printed nothing." : `It printed:\n${this.output}`;
    const error = new Error(`${text}. ${printed}`);
    error.stack = error.message;
    return error;
  }
}
