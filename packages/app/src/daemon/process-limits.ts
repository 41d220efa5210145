import { spawnSync } from "node:child_process";
import { setPriority } from "node:os";
import { quote } from "@hawser/core";
import { DaemonError } from "./errors.ts";

/** How much of the machine a daemon takes. */
export interface ProcessLimits {
  /** -20 to 19; below 0 needs root. */
  readonly nice?: number | undefined;
  /** Descriptors it may have open. Node takes as many as it may already; this sets fewer, or, as root, more. */
  readonly nofile?: number | undefined;
}

const programMs = 5_000;

/**
 * Sets the limits of this process.
 * @throws {DaemonError} `not-permitted`, or `no-program` where there is no prlimit(1)
 */
export function setProcessLimits({ nice, nofile }: ProcessLimits): void {
  if (nice !== undefined) setNice(nice);
  if (nofile !== undefined) setNofile(nofile);
}

function setNice(nice: number): void {
  try {
    setPriority(0, nice);
  } catch (cause) {
    throw new DaemonError("not-permitted", `Cannot set the priority to ${nice}: not permitted`, { cause });
  }
}

/** Node has no setrlimit(2); prlimit(1) of util-linux sets it for another process, which is us. */
function setNofile(nofile: number): void {
  const { error, status, stderr } = spawnSync("prlimit", [`--pid=${process.pid}`, `--nofile=${nofile}:${nofile}`], {
    encoding: "utf8",
    timeout: programMs,
  });
  if (status === 0) return;
  const what = `Cannot set the number of open files to ${nofile}`;
  if (error !== undefined)
    throw new DaemonError("no-program", `${what}: prlimit(1) of util-linux is missing`, { cause: error });
  throw new DaemonError("not-permitted", `${what}: ${quote(stderr.trim())}`);
}
