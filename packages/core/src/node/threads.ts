import type { Tinypool } from "tinypool";
import { StateError } from "../errors.ts";
import type { Threads } from "../threads.ts";
import { workerExecArguments } from "./exec-arguments.ts";
import type { ThreadError, ThreadResult, ThreadTask } from "./thread-task.ts";

/** How long an idle thread is kept for the next task. */
const idleTimeoutMs = 10_000;

/** Tasks at work and waiting together: each holds a copy of its parameters. */
const tasksMaxDefault = 10_000;

/** Worker threads, started when they are first used. Idle ones do not keep the process alive. */
export class NodeThreads implements Threads {
  #pool: Promise<Tinypool> | undefined;
  readonly #running = new Set<Promise<unknown>>();
  readonly #tasksMax: number;

  constructor(tasksMax: number = tasksMaxDefault) {
    this.#tasksMax = tasksMax;
  }

  run<Result>(
    module: URL,
    name: string,
    parameters: readonly unknown[],
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Result> {
    const running = this.#run({ module: module.href, name, parameters }, options.signal);
    this.#running.add(running);
    return running.finally(() => this.#running.delete(running)) as Promise<Result>;
  }

  async #run(task: ThreadTask, signal: AbortSignal | undefined): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.#running.size >= this.#tasksMax)
      throw new StateError(`Cannot run "${task.name}": so many tasks wait already (${this.#running.size})`);
    this.#pool ??= startPool();
    const pool = await this.#pool;
    try {
      const result: ThreadResult = await pool.run(task, signal === undefined ? {} : { signal });
      if ("value" in result) return result.value;
      throw revive(result.error);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await Promise.allSettled(this.#running);
    await (await pool)?.destroy();
  }
}

async function startPool(): Promise<Tinypool> {
  const [{ availableParallelism }, { Tinypool }] = await Promise.all([import("node:os"), import("tinypool")]);
  return new Tinypool({
    filename: import.meta.resolve("#thread-task"),
    minThreads: 0,
    maxThreads: availableParallelism(),
    idleTimeout: idleTimeoutMs,
    execArgv: workerExecArguments(),
  });
}

function revive({ name, message, stack, code }: ThreadError): Error {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return code === undefined ? error : Object.assign(error, { code });
}
