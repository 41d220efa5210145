import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import type { Clock } from "../clock.ts";
import { ConnectionError, type ConnectionErrorCode } from "../errors.ts";
import type { SupervisorMessage, WorkerMessage } from "./messages.ts";

/** How much longer than its grace a worker may take before it is killed. */
const overtimeMs = 2_000;

/** One worker process, as its supervisor sees it. */
export class WorkerProcess {
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly startedAtMs: number;
  /** Resolves when the process is gone, with what ended it. Never rejects. */
  readonly exited: Promise<string>;
  stopping = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.startedAtMs = clock.now();
    this.#worker = cluster.fork();
    this.#worker.on("error", ignore); // a message to a worker that is gone
    this.exited = once(this.#worker, "exit").then(([status, signal]) => signal ?? `status ${status}`);
  }

  get pid(): number {
    return this.#worker.process.pid!;
  }

  /** Starts the application in it. @returns where it listens */
  async start(application: URL, parameters: unknown): Promise<readonly string[]> {
    await this.#hear();
    this.#tell({ type: "start", application: application.href, parameters });
    const answer = await this.#hear();
    if (answer.type === "ready") return answer.listening;
    await this.exited;
    throw startError(answer);
  }

  /** Drains it, and kills it when that takes too long. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    this.#tell({ type: "stop", graceMs });
    const timer = this.#clock.after(graceMs + overtimeMs, () => this.kill());
    await this.exited;
    timer.cancel();
  }

  /** Cuts the grace short that {@link stop} gave. */
  hurry(): void {
    this.#tell({ type: "hurry" });
  }

  kill(): void {
    this.stopping = true;
    this.#worker.process.kill("SIGKILL");
  }

  /** Its next message, or why there will be none. */
  #hear(): Promise<WorkerMessage> {
    return Promise.race([
      once(this.#worker, "message").then(([message]) => message as WorkerMessage),
      this.exited.then((how) => failure(`Worker ended before it was ready: ${how}`)),
    ]);
  }

  #tell(message: SupervisorMessage): void {
    if (this.#worker.isConnected()) this.#worker.send(message);
  }
}

type Failure = Extract<WorkerMessage, { type: "failed" }>;

function failure(message: string): Failure {
  return { type: "failed", name: "ConnectionError", message, code: "failed" };
}

/** The worker's error as it was there, as far as the toolkit knows its class. */
function startError(answer: WorkerMessage): Error {
  const { name, message, code } = answer.type === "failed" ? answer : failure("Worker said something unexpected");
  if (name === "ConnectionError") return new ConnectionError(code as ConnectionErrorCode, message);
  return Object.assign(new Error(message), { name, ...(code === undefined ? {} : { code }) });
}

function ignore(): void {}
