/** The program of a worker process: starts the application it is told to, and stops it when it is told to. */
import type { ClusterApplication, ClusterStart } from "./application.ts";
import type { SupervisorMessage, WorkerMessage } from "./messages.ts";
import { clusterReactor } from "./reactor.ts";

let application: Promise<ClusterApplication> | undefined;
let stopping = false;
const hurry = new AbortController();

const graceMsDefault = 10_000;

process.on("message", (message: SupervisorMessage) => {
  if (message.type === "start") void start(message.application, message.parameters);
  else if (message.type === "stop") void stop(message.graceMs);
  else hurry.abort();
});
process.on("SIGTERM", () => void stop(graceMsDefault));
// A terminal sends these to the whole group; the supervisor decides what they mean.
process.on("SIGINT", ignore);
process.on("SIGHUP", ignore);
tell({ type: "listens" });

async function start(module: string, parameters: unknown): Promise<void> {
  try {
    const exported: { readonly start?: ClusterStart | undefined } = await import(module);
    if (typeof exported.start !== "function") throw new TypeError(`Cannot start a worker: ${module} exports no start`);
    application = exported.start(parameters as never, clusterReactor);
    const { listening = [] } = await application;
    tell({ type: "ready", listening: [...listening] });
  } catch (thrown) {
    const { name, message, code } = thrown as Error & { code?: unknown };
    tell({ type: "failed", name, message, code }, () => process.exit(1));
  }
}

async function stop(graceMs: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  try {
    await (await application)?.stop({ graceMs, signal: hurry.signal });
    process.exit(0);
  } catch {
    process.exit(1);
  }
}

function tell(message: WorkerMessage, told: () => void = ignore): void {
  process.send!(message, undefined, undefined, told);
}

function ignore(): void {}
