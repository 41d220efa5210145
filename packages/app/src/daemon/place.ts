import { hostname } from "node:os";
import { quote, type Reactor, UsageError } from "@hawser/core";
import { fileReason } from "../logs/file-reason.ts";
import { type ApplicationLog, CommandLogs, logEvents, type OpenLog, openApplicationLog } from "../logs/index.ts";
import { forgetServiceManager, type ServiceManager, serviceManager } from "../systemd/index.ts";
import { endOnCrash } from "./crash.ts";
import { claimPidFile } from "./pid-file.ts";
import { setProcessLimits } from "./process-limits.ts";
import { startProfile } from "./profile.ts";
import type { RunSettings } from "./settings.ts";
import type { Undo } from "./undo.ts";

/** What an application finds around it. */
export interface RunPlace {
  readonly opened: OpenLog;
  readonly log: ApplicationLog;
  readonly logs: CommandLogs;
  readonly manager: ServiceManager;
  /** Ends this process at once, and leaves neither lines nor a pid file behind. */
  abandon(): never;
}

/**
 * Makes this process what the settings say, in this order: what needs root's privileges or the old folder comes before
 * both are left.
 * @param directory where the application's own paths begin
 */
export async function prepareProcess(
  settings: RunSettings,
  directory: string | undefined,
  reactor: Reactor,
  undo: Undo,
): Promise<RunPlace> {
  const { account, umask, pidFile, profile } = settings;
  if (umask !== undefined) process.umask(umask);
  const releasePid = pidFile === undefined ? () => {} : holdPidFile(pidFile, undo);
  setProcessLimits(settings.limits);
  const surroundings = { reactor, environment: process.env, host: hostname(), owner: account };
  const opened = openApplicationLog(settings.log, surroundings);
  undo.add(() => opened.close());
  const logs = new CommandLogs({ clock: reactor.clock, owner: account, follows: settings.cluster !== undefined });
  const lastThings = () => {
    logs.flush();
    releasePid();
  };
  undo.add(() => logs.flush());
  undo.add(endOnCrash(opened, lastThings));
  undo.add(logEvents(opened.log));
  const manager = findManager(reactor, opened.log);
  enterFolder(settings.rundir ?? directory);
  if (profile !== undefined) await profileUntilEnd(profile, undo);
  const abandon = () => {
    lastThings();
    return process.exit(1);
  };
  return { opened, log: opened.log, logs, manager, abandon };
}

function holdPidFile(path: string, undo: Undo): () => void {
  const { release } = claimPidFile(path);
  undo.add(release);
  return release;
}

function findManager(reactor: Reactor, log: ApplicationLog): ServiceManager {
  const environment = { ...process.env };
  forgetServiceManager(process.env);
  return serviceManager({ reactor, environment, pid: process.pid, onFailure: (reason) => log.warn(reason) });
}

function enterFolder(path: string | undefined): void {
  if (path === undefined) return;
  try {
    process.chdir(path);
  } catch (cause) {
    throw new UsageError(`Cannot run in ${quote(path)}: ${fileReason(cause)}`, { cause });
  }
}

async function profileUntilEnd(path: string, undo: Undo): Promise<void> {
  const profile = await startProfile(path);
  undo.add(() => profile.write());
}
