import cluster from "node:cluster";
import { channel } from "node:diagnostics_channel";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Clock, Timer } from "../clock.ts";
import { StateError } from "../errors.ts";
import type { StopOptions } from "../listener.ts";
import { workerExecArguments } from "../node/exec-arguments.ts";
import { onAbort } from "../tasks/abort.ts";
import { clusterReactor } from "./reactor.ts";
import { WorkerProcess } from "./worker-process.ts";

/** How a cluster is made. */
export interface ClusterOptions {
  /** A module whose export `start` is a {@link ClusterStart}; `new URL("./application.js", import.meta.url)`. */
  readonly application: URL;
  /** What every worker's `start` is given, as a structured clone. */
  readonly parameters?: unknown;
  /** Default: one for each core. */
  readonly workers?: number | undefined;
  /** How long a worker that is replaced may let its connections finish. Default 10,000 ms. */
  readonly graceMs?: number | undefined;
}

/** The same application on every core. This process supervises; it is not in the way of any connection. */
export interface Cluster extends AsyncDisposable {
  /** Where the workers listen, as the first one told. */
  readonly listening: readonly string[];
  /** The process ids of the workers that are ready. */
  readonly pids: readonly number[];
  /** Replaces the workers one by one; each new one listens before its predecessor drains, so no connection is lost. */
  restart(): Promise<void>;
  /** Drains all workers. Safe to repeat; all callers wait for the end. */
  stop(options?: StopOptions): Promise<void>;
}

/** Published on `hawser:cluster` when a worker is ready, has ended unexpectedly, or could not be replaced yet. */
export interface ClusterEvent {
  readonly type: "ready" | "lost" | "failed";
  readonly pid: number;
  /** What ended it, or why it could not start. */
  readonly reason: string | undefined;
}

const events = channel("hawser:cluster");

const graceMsDefault = 10_000;

/** A worker that dies young is replaced later and later. */
const backOffMs = { first: 100, most: 30_000, young: 10_000 } as const;

/**
 * Starts workers that share their listening sockets, and keeps them running.
 * @throws the error of the first worker's start, such as a `ConnectionError` `address-in-use`
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  if (!cluster.isPrimary) throw new StateError("Cannot start a cluster: this is a worker of one");
  // The kernel gives a connection to whichever worker is free. The other policy passes every connection through this
  // process, and leaves those hanging that a worker was about to take when it died.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({
    exec: fileURLToPath(import.meta.resolve("#cluster-worker")),
    args: [],
    execArgv: workerExecArguments(),
    serialization: "advanced",
  });
  return new Supervisor(options, clusterReactor.clock).start();
}

class Supervisor implements Cluster {
  listening: readonly string[] = [];
  readonly #options: ClusterOptions;
  readonly #clock: Clock;
  readonly #workers = new Set<WorkerProcess>();
  readonly #retries = new Set<Timer>();
  #backOffMs: number = backOffMs.first;
  #stopping: Promise<void> | undefined;
  #restarting: Promise<void> = Promise.resolve();

  constructor(options: ClusterOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  get pids(): readonly number[] {
    return [...this.#workers].map((worker) => worker.pid);
  }

  /** The first worker alone: what keeps it from starting would keep them all, and is to be told once. */
  async start(): Promise<this> {
    try {
      this.listening = await this.#launch();
      const others = Math.max(1, this.#options.workers ?? availableParallelism()) - 1;
      await Promise.all(Array.from({ length: others }, () => this.#launch()));
      return this;
    } catch (error) {
      await this.stop({ graceMs: 0 });
      throw error;
    }
  }

  restart(): Promise<void> {
    this.#restarting = this.#restarting.catch(ignore).then(() => this.#replaceAll());
    return this.#restarting;
  }

  async stop({ graceMs = this.#graceMs, signal }: StopOptions = {}): Promise<void> {
    this.#stopping ??= this.#stopAll(graceMs);
    const off = onAbort(signal, () => this.#hurry());
    if (signal?.aborted) this.#hurry();
    await this.#stopping;
    off();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  get #graceMs(): number {
    return this.#options.graceMs ?? graceMsDefault;
  }

  async #launch(): Promise<readonly string[]> {
    const worker = new WorkerProcess(this.#clock);
    const listening = await this.#ready(worker);
    void worker.exited.then((how) => this.#exited(worker, how));
    return listening;
  }

  async #ready(worker: WorkerProcess): Promise<readonly string[]> {
    const { application, parameters } = this.#options;
    this.#workers.add(worker);
    try {
      const listening = await worker.start(application, parameters);
      publish("ready", worker);
      return listening;
    } catch (error) {
      this.#workers.delete(worker);
      publish("failed", worker, (error as Error).message);
      throw error;
    }
  }

  #exited(worker: WorkerProcess, how: string): void {
    this.#workers.delete(worker);
    if (worker.stopping) return;
    publish("lost", worker, how);
    if (this.#clock.now() - worker.startedAtMs > backOffMs.young) this.#backOffMs = backOffMs.first;
    this.#replaceLater();
  }

  /** Tries again, later each time, until a worker is ready. */
  #replaceLater(): void {
    if (this.#stopping !== undefined) return;
    const timer = this.#clock.after(this.#backOffMs, () => {
      this.#retries.delete(timer);
      this.#launch().catch(() => this.#replaceLater());
    });
    this.#retries.add(timer);
    this.#backOffMs = Math.min(this.#backOffMs * 2, backOffMs.most);
  }

  async #replaceAll(): Promise<void> {
    for (const worker of [...this.#workers]) {
      if (this.#stopping !== undefined) return;
      await this.#launch();
      await worker.stop(this.#graceMs);
    }
  }

  #hurry(): void {
    for (const worker of this.#workers) worker.hurry();
  }

  async #stopAll(graceMs: number): Promise<void> {
    for (const timer of this.#retries) timer.cancel();
    await Promise.all([...this.#workers].map((worker) => worker.stop(graceMs)));
  }
}

function publish(type: ClusterEvent["type"], { pid }: WorkerProcess, reason?: string): void {
  events.publish({ type, pid, reason } satisfies ClusterEvent);
}

function ignore(): void {}
