import { commandValues } from "@hawser/app/commands";
import { type Command, type CommandContext, listen, reportFault, type Service } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import type { ClusterParameters } from "./cluster-worker.ts";
import { tellLostWorkers } from "./faults.ts";
import { openLog } from "./log-file.ts";
import type { ReactorChoice } from "./reactor-options.ts";

/** What is to be served, as plain data, and on what. */
export interface GivenService {
  /** The names of the command: `web`, or `mail local`. */
  readonly name: string;
  readonly options: ClusterParameters["options"];
  readonly reactor: ReactorChoice;
}

/** Starts a command's service and runs it until a signal ends it, in order. */
export async function serve(command: Command, given: GivenService): Promise<number> {
  const service = given.reactor.kind === "cluster" ? await startWorkers(given) : await startHere(command, given);
  await stopped(service);
  return 0;
}

async function startHere(command: Command, given: GivenService): Promise<Service> {
  const context: CommandContext = {
    reactor: nodeReactor,
    print,
    openLog,
    listen: (endpoint, factory) => listen(endpoint, factory, { reactor: nodeReactor }),
    users: [],
  };
  return command.start(commandValues(command, given.options), context);
}

async function startWorkers(given: GivenService): Promise<Service> {
  const { startCluster } = await import("@hawser/core/cluster");
  const application = new URL(import.meta.resolve("#cluster-worker"));
  const parameters: ClusterParameters = { command: given.name, options: given.options };
  const cluster = await startCluster({ application, parameters, workers: given.reactor.workers });
  tellLostWorkers(`hawser ${given.name}`);
  for (const line of cluster.listening) print(line);
  return { stop: (options) => cluster.stop(options) };
}

/**
 * Waits for SIGTERM or SIGINT and lets the service finish what it has begun; a second signal cuts that short. SIGHUP has it read
 * again what it was started with, where it can.
 */
function stopped(service: Service): Promise<void> {
  return new Promise((resolve, reject) => {
    const hurry = new AbortController();
    let stopping: Promise<void> | undefined;
    const onSignal = () => {
      if (stopping !== undefined) return hurry.abort();
      stopping = service.stop({ signal: hurry.signal });
      stopping.then(finish, finish);
    };
    const onHangUp = () => void service.reload?.().catch((error: unknown) => reportFault(error, "reload"));
    const finish = (error?: unknown) => {
      process.off("SIGHUP", onHangUp);
      process.off("SIGTERM", onSignal);
      process.off("SIGINT", onSignal);
      if (error === undefined) resolve();
      else reject(error);
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
    if (service.reload !== undefined) process.on("SIGHUP", onHangUp);
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
