/** What runs in a worker thread: finds the function, calls it, and brings its error over whole. */

import { movedBuffers, movesBuffers } from "./moved-buffers.ts";

/** A call, as it goes to a thread. */
export interface ThreadTask {
  readonly module: string;
  readonly name: string;
  readonly parameters: readonly unknown[];
}

/** What comes back. A structured clone would lose an error's class name and code. */
export type ThreadResult = { readonly value: unknown } | { readonly error: ThreadError };

/** The facts of an error that was thrown in a thread. */
export interface ThreadError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: unknown;
}

/** Entry point of a worker thread. */
export default async function run(task: ThreadTask): Promise<ThreadResult> {
  try {
    const exported: Readonly<Record<string, unknown>> = await import(task.module);
    const call = exported[task.name];
    if (typeof call !== "function")
      throw new TypeError(`Cannot run "${task.name}": the module exports no such function`);
    const value: unknown = await call(...task.parameters);
    return movesBuffers(value) ? await moved({ value }, value[movedBuffers]) : { value };
  } catch (error) {
    return { error: describe(error) };
  }
}

/** The pool moves what stands under its own symbols. */
async function moved(result: ThreadResult, buffers: readonly ArrayBuffer[]): Promise<ThreadResult> {
  const { move, transferableSymbol, valueSymbol } = (await import("tinypool")).Tinypool;
  const marked: unknown = { [transferableSymbol]: buffers, [valueSymbol]: result };
  return move(marked as ArrayBuffer) as unknown as ThreadResult;
}

function describe(thrown: unknown): ThreadError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { name: error.name, message: error.message, stack: error.stack, code: (error as { code?: unknown }).code };
}
