import { join, resolve } from "node:path";
import { type Reactor, UsageError } from "@hawser/core";
import { findConfiguration, findConfigurations } from "../config/read.ts";
import { findAccount } from "../daemon/accounts.ts";
import type { ApplicationSource } from "../daemon/parts.ts";
import type { RunSettings } from "../daemon/settings.ts";
import type { RunValues } from "./run-options.ts";

/** The default names of a daemon's files. */
export const daemonFiles = { pid: "hawser.pid", log: "hawser.log" } as const;

const logOctetsDefault = 10 * 1_024 ** 2;
const startSecondsDefault = 90;

/**
 * The settings that the options mean. Pid and log files lie in the folder that was named, or else in `here`. With another
 * root all paths are paths below it.
 * @throws {UsageError} for options that do not go together
 */
export function runSettings(values: RunValues, here: string): RunSettings {
  const { daemon, rundir, pidfile, profile } = values;
  const chroot = values.chroot === undefined ? undefined : resolve(here, values.chroot);
  const start = chroot === undefined ? here : "/";
  const base = resolve(start, rundir ?? ".");
  const pidName = pidfile ?? (daemon ? daemonFiles.pid : undefined);
  return {
    daemon,
    rundir: rundir === undefined && chroot === undefined ? undefined : base,
    pidFile: pidName === undefined ? undefined : resolve(base, pidName),
    log: logSettings(values, base),
    umask: values.umask ?? (daemon ? 0o077 : undefined),
    account: findAccount(values.uid, values.gid),
    chroot,
    limits: { nice: values.nice, nofile: values.nofile },
    cluster: clusterSettings(values),
    profile: profile === undefined ? undefined : resolve(base, profile),
    startMs: (values.startTimeout ?? startSecondsDefault) * 1_000,
  };
}

/**
 * What is to be run: what was named, or the configuration that lies `here`.
 * @throws {UsageError} when it is nothing, or several things
 */
export async function runSource(
  values: Pick<RunValues, "file" | "config">,
  words: readonly string[],
  here: string,
  reactor: Reactor,
): Promise<ApplicationSource> {
  const { file, config } = values;
  const given = [file, config, words[0]].filter((one) => one !== undefined);
  if (given.length > 1) throw new UsageError("--file, --config and a command are three ways to say what is to be run");
  if (file !== undefined) return { file: resolve(here, file) };
  if (config !== undefined) return { config: resolve(here, config) };
  if (words.length > 0) return { words };
  if ((await findConfigurations(here, reactor)).length === 0)
    throw new UsageError("nothing to run: give --file, --config or a command, or write a hawser.config.ts here");
  return { config: join(here, await findConfiguration(here, reactor)) };
}

function logSettings(values: RunValues, base: string): RunSettings["log"] {
  const { daemon, syslog, logfile, logSize } = values;
  if (syslog !== undefined && logfile !== undefined)
    throw new UsageError("--logfile and --syslog are two places for one log");
  const name = logfile ?? (daemon && syslog === undefined ? daemonFiles.log : undefined);
  const octetsMax = logSize ?? (daemon ? logOctetsDefault : 0);
  return {
    level: values.logLevel,
    format: values.logFormat,
    file: name === undefined ? undefined : resolve(base, name),
    syslog,
    rotation: {
      octetsMax: octetsMax === 0 ? undefined : octetsMax,
      daily: values.logDaily,
      keep: values.logKeep,
      gzip: values.logGzip,
    },
  };
}

function clusterSettings({ reactor, workers }: RunValues): RunSettings["cluster"] {
  if (reactor === "node" && workers !== undefined) throw new UsageError("--workers needs --reactor cluster");
  return reactor === "cluster" || workers !== undefined ? { workers } : undefined;
}
