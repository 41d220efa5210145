import { type Reactor, type StopOptions, UsageError } from "@hawser/core";
import type { ApplicationEnvironment } from "../application/application.ts";
import type { ApplicationDescription } from "../application/description.ts";
import type { RunParts } from "./parts.ts";
import type { RunSettings } from "./settings.ts";
import type { WorkerParameters } from "./worker.ts";

/** An application that runs, in this process or in workers. */
export interface RunningApplication {
  /** See `Application.reload`. */
  reload(description: ApplicationDescription | undefined): Promise<void>;
  stop(options?: StopOptions): Promise<void>;
  /** Resolves when it has ended by itself, rejects with what broke it. */
  readonly ended?: Promise<void> | undefined;
}

/** Starts an application here. */
export async function startHere(
  parts: RunParts,
  description: ApplicationDescription,
  environment: ApplicationEnvironment,
): Promise<RunningApplication> {
  const application = await parts.start(description, environment);
  return {
    reload: (next) => application.reload(next),
    stop: (options) => application.stop(options),
    ended: application.ended,
  };
}

/**
 * Starts an application in the workers of a cluster. A reload replaces them one by one; each new worker listens before
 * its predecessor drains.
 * @throws {UsageError} where the workers could not find out how to start it
 */
export async function startInWorkers(
  parts: RunParts,
  description: ApplicationDescription,
  settings: RunSettings,
  print: (line: string) => void,
): Promise<RunningApplication> {
  if (parts.module === undefined) throw new UsageError("Cannot start workers: this program runs in one process only");
  const { startCluster } = await import("@hawser/core/cluster");
  const { log, account } = settings;
  const common = { module: parts.module.href, log, account };
  let current = description;
  const cluster = await startCluster({
    application: new URL(import.meta.resolve("#daemon-worker")),
    // Read anew for each worker: one that replaces another after a reload starts what is described then.
    get parameters(): WorkerParameters {
      return { ...common, description: current };
    },
    workers: settings.cluster?.workers,
  });
  for (const line of cluster.listening) print(line);
  return {
    async reload(next) {
      const before = current;
      current = next ?? current;
      await cluster.restart().catch((error: unknown) => {
        current = before; // so that a worker that dies is replaced by one that can start
        throw error;
      });
    },
    stop: (options) => cluster.stop(options),
  };
}

/** The reactor that an application of one process runs on. */
export async function runReactor(): Promise<Reactor> {
  return (await import("@hawser/core/node")).nodeReactor;
}
