import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type Fault, HawserError } from "@hawser/core";
import type { ClusterEvent } from "@hawser/core/cluster";
import { reasonOf } from "../services/errors.ts";
import type { ServiceEvent } from "../services/supervised.ts";
import type { LogLevel } from "./levels.ts";
import type { ApplicationLog } from "./logger.ts";

/** What becomes of the messages of a channel. */
type WriteEvent = (log: ApplicationLog, message: never) => void;

/** The channels that Hawser publishes on, and the lines they make. */
const events: Readonly<Record<string, WriteEvent>> = {
  "hawser:fault": logFault,
  "hawser:cluster": logCluster,
  "hawser:descriptors": logDescriptors,
  "hawser:service": logService,
};

/**
 * Turns what is published while the application runs into lines of its log.
 * @returns ends it
 */
export function logEvents(log: ApplicationLog): () => void {
  const subscriptions = Object.entries(events).map(([name, write]) => {
    const take = (message: unknown) => write(log, message as never);
    subscribe(name, take);
    return () => unsubscribe(name, take);
  });
  const warn = (warning: Error) => log.warn({ err: warning }, `${warning.name}: ${warning.message}`);
  process.on("warning", warn);
  return () => {
    for (const end of subscriptions) end();
    process.off("warning", warn);
  };
}

/** What peers, scripts and networks do is told in a line; a mistake of ours with its stack. */
function logFault(log: ApplicationLog, { error, where }: Fault): void {
  const level = error instanceof HawserError ? "warn" : "error";
  logError(log, level, error, where);
}

/** One line for an error that has a code of ours, since its words say it all; with its stack for any other. */
export function logError(log: ApplicationLog, level: LogLevel, error: unknown, what?: string | undefined): void {
  const message = error instanceof Error ? error.message : String(error);
  const fields = error instanceof HawserError ? { code: error.code } : { err: error };
  log[level](fields, what === undefined ? message : `${what}: ${message}`);
}

function logCluster(log: ApplicationLog, { type, pid, reason }: ClusterEvent): void {
  const why = reason ?? "nobody knows why";
  if (type === "ready") log.info({ worker: pid }, `worker ${pid} is ready`);
  else if (type === "lost") log.error({ worker: pid }, `worker ${pid} ended, and is replaced: ${why}`);
  else log.error({ worker: pid }, `worker ${pid} could not start: ${why}`);
}

/** Services that break; that others start and stop is told where it is asked for. */
function logService(log: ApplicationLog, { service, state, failure }: ServiceEvent): void {
  const fields = { service: service.name };
  if (state === "restarting") log.warn(fields, `${service.name} is started again: ${reasonOf(failure)}`);
  else if (state === "failed") log.error(fields, `${service.name} has failed: ${reasonOf(failure)}`);
  else log.debug(fields, `${service.name} is ${state}`);
}

/** The shape of core's `DescriptorPressure`. */
interface Pressure {
  readonly state: "exhausted" | "available";
  readonly open: number;
  readonly limit: number;
}

function logDescriptors(log: ApplicationLog, { state, open, limit }: Pressure): void {
  if (state === "exhausted") log.error({ open, limit }, "connections are refused: all file descriptors are in use");
  else log.info({ open, limit }, "connections are taken again");
}
