import { hostname } from "node:os";
import type { Reactor } from "@hawser/core";
import type { ClusterApplication } from "@hawser/core/cluster";
import type { ApplicationDescription } from "../application/description.ts";
import { CommandLogs, type LogSettings, logEvents, openApplicationLog } from "../logs/index.ts";
import type { Account } from "./accounts.ts";
import { endOnCrash } from "./crash.ts";
import type { RunParts } from "./parts.ts";
import { dropPrivileges } from "./privileges.ts";

/** What the supervisor tells each worker. */
export interface WorkerParameters {
  /** The module that exports `runParts`. */
  readonly module: string;
  readonly description: ApplicationDescription;
  readonly log: LogSettings;
  readonly account: Account | undefined;
}

/**
 * Runs the application in a worker of a cluster. It writes into the supervisor's log file, and drops its privileges, which
 * the supervisor keeps for the workers to come. What it would print is told to the supervisor, which prints it once.
 */
export async function start(parameters: WorkerParameters, reactor: Reactor): Promise<ClusterApplication> {
  const { description, account } = parameters;
  const { runParts }: { readonly runParts: RunParts } = await import(parameters.module);
  const surroundings = { reactor, environment: process.env, host: hostname(), owner: account, follows: true };
  const opened = openApplicationLog(parameters.log, surroundings);
  const logs = new CommandLogs({ clock: reactor.clock, owner: account, follows: true });
  logEvents(opened.log);
  endOnCrash(opened, () => logs.flush());
  const listening: string[] = [];
  const application = await runParts.start(description, {
    reactor,
    findCommand: runParts.findCommand,
    print: (line) => void listening.push(line),
    openLog: (path) => logs.open(path),
    variables: process.env,
    bound: () => (account === undefined ? undefined : dropPrivileges(account)),
  });
  return {
    listening,
    stop: async (options) => {
      await application.stop(options);
      logs.flush();
      await opened.close();
    },
  };
}
