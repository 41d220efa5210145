import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { join } from "node:path";
import { type Clock, quote, UsageError } from "@hawser/core";
import { fileReason } from "../logs/file-reason.ts";
import { openToAppend } from "../logs/index.ts";
import { chrootWords } from "./chroot.ts";
import { DaemonError } from "./errors.ts";
import { type HandOver, type RunReport, reportedError, startedBy } from "./messages.ts";
import type { RunSettings } from "./settings.ts";

/** A run in a process of its own that is up. */
export interface StartedRun {
  readonly pid: number;
  /** What it said while it started, such as where it listens. */
  readonly lines: readonly string[];
  /** Passes a signal on. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves with its exit status, when it ends. */
  readonly exited: Promise<number>;
  /** Lets go of it: it goes on without us. */
  part(): void;
}

/** How a run is started elsewhere. */
export interface StartRunOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How long one that is given up may take to end in order, then in a hurry, before it is killed. */
const giveUpMs = { order: 500, hurry: 5_000 } as const;

/**
 * Starts this very command line again as the leader of a session of its own (setsid(2)), below another root where that
 * was asked for, and hands over what was read here. Waits until it is up.
 * @throws what kept it from starting, as it was there
 * @throws {DaemonError} `timed-out`, or `failed` when it died without a word
 */
export async function startRun(
  settings: RunSettings,
  handOver: HandOver,
  { clock, signal }: StartRunOptions,
): Promise<StartedRun> {
  signal.throwIfAborted();
  const child = spawnAgain(settings);
  const exited = new Promise<number>((resolve) => {
    child.once("exit", (status, by) => resolve(status ?? asStatus(by)));
  });
  const giveUp = new AbortController();
  const timer = clock.after(settings.startMs, () => giveUp.abort(tooSlow(settings.startMs)));
  const abort = () => giveUp.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    const report = await firstReport(child, handOver, exited, settings, giveUp.signal);
    if (report.type === "failed") throw reportedError(report);
    return started(child, report.type === "up" ? report.lines : [], exited);
  } catch (error) {
    await end(child, exited, clock);
    throw error;
  } finally {
    timer.cancel();
    signal.removeEventListener("abort", abort);
  }
}

function spawnAgain(settings: RunSettings): ChildProcess {
  const own = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const [program, ...words] = settings.chroot === undefined ? own : chrootWords(settings.chroot, own);
  const errors = settings.daemon ? openErrors(settings) : undefined;
  const stdio: StdioOptions = settings.daemon
    ? ["ignore", errors ?? "ignore", errors ?? "ignore", "ipc"]
    : ["inherit", "inherit", "inherit", "ipc"];
  const child = spawn(program!, words, {
    stdio,
    detached: true,
    env: { ...process.env, [startedBy]: String(process.pid) },
  });
  if (errors !== undefined) closeSync(errors);
  return child;
}

/** What node itself says when it dies, and children without a standard error of their own, goes to the log file. */
function openErrors({ log, chroot = "/", umask = 0o077, account }: RunSettings): number | undefined {
  if (log.file === undefined || log.syslog !== undefined) return undefined;
  const path = join(chroot, log.file);
  try {
    return openToAppend(path, account, 0o640 & ~umask);
  } catch (cause) {
    throw new UsageError(`Cannot write the log ${quote(path)}: ${fileReason(cause)}`, { cause });
  }
}

function firstReport(
  child: ChildProcess,
  handOver: HandOver,
  exited: Promise<number>,
  settings: RunSettings,
  signal: AbortSignal,
): Promise<RunReport> {
  return new Promise((resolve, reject) => {
    child.on("message", (message) => {
      const report = message as RunReport;
      if (report.type === "listens") child.send(handOver, (error) => error !== null && reject(error));
      else resolve(report);
    });
    child.on("error", (cause: Error) => reject(new DaemonError("failed", `Cannot start: ${cause.message}`, { cause })));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    // What was said last comes in the same turns as the end.
    void exited.then((status) => setImmediate(() => reject(diedWordless(status, settings))));
  });
}

function started(child: ChildProcess, lines: readonly string[], exited: Promise<number>): StartedRun {
  return {
    pid: child.pid!,
    lines,
    exited,
    kill: (signal) => void child.kill(signal),
    part() {
      if (child.connected) child.disconnect();
      child.unref();
    },
  };
}

async function end(child: ChildProcess, exited: Promise<number>, clock: Clock): Promise<void> {
  if (child.pid === undefined) return;
  child.kill("SIGTERM");
  const hurry = clock.after(giveUpMs.order, () => child.kill("SIGTERM"));
  const kill = clock.after(giveUpMs.hurry, () => child.kill("SIGKILL"));
  await exited;
  hurry.cancel();
  kill.cancel();
}

function tooSlow(ms: number): DaemonError {
  return new DaemonError("timed-out", `Cannot start: it was not up after ${ms / 1_000} s, and was ended`);
}

function diedWordless(status: number, { log }: RunSettings): DaemonError {
  const where = log.file === undefined ? "" : `; its last words may be in ${log.file}`;
  return new DaemonError("failed", `Cannot start: it ended with status ${status} before it was up${where}`);
}

/** As shells tell it, without the number that nobody knows by heart. */
function asStatus(signal: NodeJS.Signals | null): number {
  return signal === "SIGKILL" ? 137 : 143;
}
