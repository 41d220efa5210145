import { resolve } from "node:path";
import { type CommandOption, optionValue, quote, UsageError } from "@hawser/core";
import { DaemonError } from "../daemon/errors.ts";
import { lookAtPidFile } from "../daemon/pid-file.ts";
import type { PidFileState } from "../daemon/pid-judgement.ts";
import { fileReason } from "../logs/file-reason.ts";
import { daemonFiles } from "./run-settings.ts";

/** The option by which tools find a daemon. */
export const pidFileOption: { readonly pidfile: CommandOption<string | undefined> } = {
  pidfile: optionValue("FILE", "where its process id is kept", { completes: "file", defaultText: daemonFiles.pid }),
};

/** A daemon as its pid file tells of it. */
export interface DaemonState {
  readonly path: string;
  /** `undefined`: there is no pid file. */
  readonly state: PidFileState | undefined;
}

/**
 * Looks at a pid file.
 * @throws {UsageError} when it cannot be read
 */
export function findDaemon(pidfile: string = daemonFiles.pid): DaemonState {
  const path = resolve(pidfile);
  try {
    return { path, state: lookAtPidFile(path) };
  } catch (cause) {
    throw new UsageError(`Cannot read the pid file ${quote(path)}: ${fileReason(cause)}`, { cause });
  }
}

/** Sends a signal. @returns false when the process is gone */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ESRCH") return false;
    throw new DaemonError("not-permitted", `Cannot send ${signal} to process ${pid}: it is another user's`, { cause });
  }
}

/** Why there is no process to talk to, for people. */
export function absence({ path, state }: DaemonState): string {
  if (state?.name === "foreign") return `not running: ${path} holds no process id`;
  if (state?.name === "stale") return `not running: ${path} is left of a process that is gone`;
  return `not running: there is no ${path}`;
}
