import { type ChildProcess, ConnectionError, type Reactor, withDeadline } from "@hawser/core";
import { isNotifySocket, type NotifyProgram, notifyPrograms } from "./notify-programs.ts";
import { type NotifyState, notifyAssignments } from "./notify-state.ts";

/** Who started this service, and wants to know how it does. */
export interface ServiceManager {
  /** Sends a state after those before it. Never rejects: a manager that does not hear is told to the log, once. */
  notify(state: NotifyState): Promise<void>;
  /** How often the manager wants to hear that we live, in milliseconds; `undefined` when it does not. */
  readonly watchdogMs: number | undefined;
}

/** What a manager is found by. */
export interface ServiceManagerOptions {
  readonly reactor: Reactor;
  readonly environment: NodeJS.ProcessEnv;
  readonly pid: number;
  /** Told, once, why the manager cannot be reached. */
  readonly onFailure?: ((reason: string) => void) | undefined;
  /** Default: {@link notifyPrograms}. */
  readonly programs?: readonly NotifyProgram[] | undefined;
}

/** The manager takes a message at once; what takes longer is not going to come. */
const sendMs = 10_000;

/** The manager that the environment names; one that wants to know nothing where it names none. */
export function serviceManager(options: ServiceManagerOptions): ServiceManager {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: usec, WATCHDOG_PID: watched } = options.environment;
  if (!isNotifySocket(socket)) return nobody;
  const watchdog = watched === undefined || watched === String(options.pid) ? usec : undefined;
  return new NotifiedManager(socket, watchdogMs(watchdog), options);
}

/** A child must not speak for us: what the manager told is ours alone (sd_notify(3), `unset_environment`). */
export function forgetServiceManager(environment: NodeJS.ProcessEnv): void {
  for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete environment[name];
}

const nobody: ServiceManager = { notify: async () => {}, watchdogMs: undefined };

function watchdogMs(usec: string | undefined): number | undefined {
  if (usec === undefined || !/^\d{1,15}$/.test(usec) || Number(usec) < 1_000) return undefined;
  return Number(usec) / 1_000;
}

class NotifiedManager implements ServiceManager {
  readonly watchdogMs: number | undefined;
  readonly #socket: string;
  readonly #options: ServiceManagerOptions;
  #programs: readonly NotifyProgram[];
  #last: Promise<void> = Promise.resolve();
  #told = false;

  constructor(socket: string, watchdog: number | undefined, options: ServiceManagerOptions) {
    this.#socket = socket;
    this.watchdogMs = watchdog;
    this.#options = options;
    this.#programs = options.programs ?? notifyPrograms;
  }

  notify(state: NotifyState): Promise<void> {
    this.#last = this.#last.then(() => this.#send(notifyAssignments(state))).catch((error) => this.#failed(error));
    return this.#last;
  }

  /** With the first program that is there; it stays the first. */
  async #send(assignments: readonly string[]): Promise<void> {
    while (true) {
      const [program, ...others] = this.#programs;
      if (program === undefined) throw new ConnectionError("failed", "none of its programs is installed");
      if (await this.#sendWith(program, assignments)) return;
      this.#programs = others;
    }
  }

  /** @returns false when the program is not there */
  async #sendWith({ program, words }: NotifyProgram, assignments: readonly string[]): Promise<boolean> {
    const { reactor, environment } = this.#options;
    return withDeadline(reactor.clock, sendMs, async (signal) => {
      const child = await reactor.processes
        .spawn(program, {
          arguments: words(this.#socket, assignments),
          environment: { NOTIFY_SOCKET: this.#socket, PATH: environment["PATH"] ?? "/usr/bin:/bin" },
          directory: "/",
          signal,
        })
        .catch(absent);
      if (child === undefined) return false;
      await succeeded(program, child);
      return true;
    });
  }

  #failed(error: unknown): void {
    if (this.#told) return;
    this.#told = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.onFailure?.(`Cannot tell the service manager at ${this.#socket}: ${reason}`);
  }
}

function absent(error: unknown): undefined {
  const { cause } = error as { readonly cause?: { readonly code?: unknown } | undefined };
  if (cause?.code !== "ENOENT") throw error;
}

async function succeeded(program: string, child: ChildProcess): Promise<void> {
  child.transport.start({ data: ignore, end: ignore, closed: ignore });
  child.transport.end();
  child.errors?.start({ data: ignore, end: ignore, closed: ignore });
  const { status, signal } = await child.exited;
  if (status !== 0) throw new ConnectionError("failed", `${program} ended with ${signal ?? `status ${status}`}`);
}

function ignore(): void {}
