import { type ChildProcess as NodeChild, spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import { ConnectionError, quote } from "../errors.ts";
import type { ChildProcess, ProcessExit, SpawnOptions } from "../processes.ts";
import type { Reactor } from "../reactor.ts";
import type { Transport } from "../transport.ts";
import { StreamTransport } from "../transports/stream-transport.ts";
import { PipeLink } from "./pipe-link.ts";

const killTimeoutMsDefault = 2_000;

/** Starts a child with pipes, or on a terminal. */
export async function spawnChild(reactor: Reactor, program: string, options: SpawnOptions): Promise<ChildProcess> {
  options.signal?.throwIfAborted();
  const child =
    options.terminal === undefined
      ? await spawnOnPipes(reactor, program, options)
      : await (await import("./terminal.ts")).spawnOnTerminal(reactor, program, options);
  killOnAbort(reactor, child, options);
  return child;
}

async function spawnOnPipes(reactor: Reactor, program: string, options: SpawnOptions): Promise<ChildProcess> {
  const child = spawn(program, [...(options.arguments ?? [])], {
    stdio: "pipe",
    env: { ...options.environment },
    detached: options.group ?? true,
    ...(options.directory === undefined ? {} : { cwd: options.directory }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  }).catch(async (cause: NodeJS.ErrnoException) => {
    throw await spawnError(program, options.directory, cause);
  });
  child.on("error", ignore); // a kill that came too late
  return new PipedChild(reactor, program, child, options.group ?? true);
}

/** A child whose standard streams are pipes. */
class PipedChild implements ChildProcess {
  readonly pid: number;
  readonly transport: Transport;
  readonly errors: Transport;
  readonly exited: Promise<ProcessExit>;
  readonly #group: boolean;
  #gone = false;

  constructor(reactor: Reactor, program: string, child: NodeChild, group: boolean) {
    this.pid = child.pid!;
    this.#group = group;
    const name = `${program} (${this.pid})`;
    this.transport = new StreamTransport(reactor, new PipeLink(name, child.stdout!, child.stdin!));
    this.errors = new StreamTransport(reactor, new PipeLink(`${name} errors`, child.stderr!, undefined));
    this.exited = new Promise((resolve) => {
      child.once("close", (status: number | null, signal: string | null) => {
        this.#gone = true;
        resolve({ status: status ?? undefined, signal: signal ?? undefined });
      });
    });
  }

  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    if (!this.#gone) killProcess(this.pid, this.#group, signal);
  }

  resize(): void {}
}

/** Sends a signal to a process, or to the group it leads. One that is gone already needs none. */
export function killProcess(pid: number, group: boolean, signal: NodeJS.Signals): void {
  try {
    process.kill(group ? -pid : pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    if (group) killProcess(pid, false, signal); // a child on a terminal that does not lead its group yet
  }
}

/** SIGTERM when the signal aborts, SIGKILL when that did not help in time. */
function killOnAbort(reactor: Reactor, child: ChildProcess, options: SpawnOptions): void {
  const { signal } = options;
  if (signal === undefined) return;
  const stop = () => {
    child.kill("SIGTERM");
    const timer = reactor.clock.after(options.killTimeoutMs ?? killTimeoutMsDefault, () => child.kill("SIGKILL"));
    void child.exited.then(() => timer.cancel());
  };
  signal.addEventListener("abort", stop, { once: true });
  void child.exited.then(() => signal.removeEventListener("abort", stop));
  if (signal.aborted) stop();
}

/** Says why a program did not start. The system gives one code for a missing program and a missing directory. */
export async function spawnError(
  program: string,
  directory: string | undefined,
  cause: NodeJS.ErrnoException,
): Promise<ConnectionError> {
  const what = `Cannot start ${quote(program)}`;
  if (directory !== undefined && !(await isDirectory(directory)))
    return new ConnectionError("failed", `${what}: no such directory ${quote(directory)}`, { cause });
  if (cause.code === "ENOENT") return new ConnectionError("failed", `${what}: no such file`, { cause });
  if (cause.code === "EACCES")
    return new ConnectionError("not-permitted", `${what}: not executable, or no permission`, { cause });
  if (cause.code === "EPERM") return new ConnectionError("not-permitted", `${what}: permission denied`, { cause });
  return new ConnectionError("failed", `${what}: ${cause.message}`, { cause });
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function ignore(): void {}
