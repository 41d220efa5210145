import { channel } from "node:diagnostics_channel";
import type {
  ChildProcess,
  CommandContext,
  Instant,
  ProcessExit,
  Reactor,
  Service,
  SpawnOptions,
  StopOptions,
} from "@hawser/core";
import { OutputLines } from "./output-lines.ts";

/** Published on `hawser:process` when a watched program has started, has ended, or could not be started. */
export interface ProcessEvent {
  readonly type: "started" | "ended" | "failed";
  readonly program: string;
  readonly pid: number | undefined;
  /** How it ended. */
  readonly exit: ProcessExit | undefined;
  /** Why it could not be started. */
  readonly error: unknown;
  /** How long until it is started again; `undefined` when it is not. */
  readonly againInMs: number | undefined;
}

/** How a {@link processService} runs its program. Defaults are those of Twisted's procmon. */
export interface ProcessServiceOptions
  extends Pick<SpawnOptions, "arguments" | "environment" | "directory" | "uid" | "gid"> {
  /** A program that lived shorter has died at once, and waits before it is started again. Default 1,000 ms. */
  readonly thresholdMs?: number | undefined;
  /** The first wait; each further death at once doubles it. Default 1,000 ms. */
  readonly delayMinMs?: number | undefined;
  /** Default 3,600,000 ms. */
  readonly delayMaxMs?: number | undefined;
  /** How long it has between SIGTERM and SIGKILL when the service stops. Default 5,000 ms. */
  readonly killTimeMs?: number | undefined;
  /** Each line it prints. Default: nobody reads them. */
  readonly onLine?: ((line: string, stream: "output" | "errors") => void) | undefined;
}

const events = channel("hawser:process");

/**
 * A service that runs a program and starts it again whenever it ends (Twisted's procmon). It gets end of file on standard
 * input, and no environment but the one it is given. `{ name: "worker", start: processService("/usr/bin/worker") }`
 * @throws {ConnectionError} at the start, when the program cannot be started at all
 */
export function processService(
  program: string,
  options: ProcessServiceOptions = {},
): (context: CommandContext) => Promise<Service> {
  return async (context) => {
    const watched = new WatchedProcess(program, options, context.reactor);
    if (context.whenServing === undefined) await watched.begin();
    else context.whenServing(() => watched.begin());
    return watched;
  };
}

class WatchedProcess implements Service {
  readonly #program: string;
  readonly #options: ProcessServiceOptions;
  readonly #reactor: Reactor;
  readonly #stopping = new AbortController();
  #delayMs: number;
  #child: ChildProcess | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(program: string, options: ProcessServiceOptions, reactor: Reactor) {
    this.#program = program;
    this.#options = options;
    this.#reactor = reactor;
    this.#delayMs = options.delayMinMs ?? 1_000;
  }

  /** Starts the program for the first time. */
  async begin(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const startedAt = this.#reactor.clock.now();
    const child = await this.#spawn();
    this.#running = this.#keepRunning(child, startedAt);
  }

  /** SIGTERM, and SIGKILL when that has not helped in time. */
  async stop({ graceMs = Number.POSITIVE_INFINITY, signal }: StopOptions = {}): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    if (child === undefined) return this.#running;
    child.kill("SIGTERM");
    const kill = () => child.kill("SIGKILL");
    const timer = this.#reactor.clock.after(Math.min(this.#options.killTimeMs ?? 5_000, graceMs), kill);
    signal?.addEventListener("abort", kill, { once: true });
    if (signal?.aborted) kill();
    await this.#running;
    timer.cancel();
    signal?.removeEventListener("abort", kill);
  }

  async #keepRunning(first: ChildProcess, firstStartedAt: Instant): Promise<void> {
    const { signal } = this.#stopping;
    let child: ChildProcess | undefined = first;
    for (let startedAt = firstStartedAt; ; ) {
      const exit: ProcessExit | undefined = await child?.exited;
      this.#child = undefined;
      const againInMs = signal.aborted ? undefined : this.#nextDelay(this.#reactor.clock.now() - startedAt);
      if (child !== undefined) this.#tell("ended", { pid: child.pid, exit, againInMs });
      if (againInMs === undefined) return;
      await this.#reactor.clock.sleep(againInMs, { signal }).catch(() => {});
      if (signal.aborted) return;
      startedAt = this.#reactor.clock.now();
      child = await this.#spawnAgain();
    }
  }

  /** How long to wait after a life of this length. */
  #nextDelay(livedMs: number): number {
    const { thresholdMs = 1_000, delayMinMs = 1_000, delayMaxMs = 3_600_000 } = this.#options;
    if (livedMs >= thresholdMs) {
      this.#delayMs = delayMinMs;
      return 0;
    }
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(delayMs * 2, delayMaxMs);
    return delayMs;
  }

  /** A program that cannot be started now may be there later: it counts as one that died at once. */
  async #spawnAgain(): Promise<ChildProcess | undefined> {
    try {
      return await this.#spawn();
    } catch (error) {
      this.#tell("failed", { error, againInMs: this.#delayMs });
      return undefined;
    }
  }

  async #spawn(): Promise<ChildProcess> {
    const { arguments: words, environment, directory, uid, gid } = this.#options;
    const options = { arguments: words, environment, directory, uid, gid };
    const child = await this.#reactor.processes.spawn(this.#program, options);
    this.#child = child;
    child.transport.start(this.#lines("output"));
    child.errors?.start(this.#lines("errors"));
    child.transport.end();
    this.#tell("started", { pid: child.pid });
    if (this.#stopping.signal.aborted) child.kill("SIGTERM");
    return child;
  }

  #lines(stream: "output" | "errors"): OutputLines {
    return new OutputLines((line) => this.#options.onLine?.(line, stream));
  }

  #tell(type: ProcessEvent["type"], facts: Partial<Omit<ProcessEvent, "type">>): void {
    if (!events.hasSubscribers) return;
    const none = { pid: undefined, exit: undefined, error: undefined, againInMs: undefined };
    events.publish({ ...none, ...facts, type, program: this.#program } satisfies ProcessEvent);
  }
}
