import { type CommandOption, optionChoice, optionFlag, optionValue, parseWholeNumber, UsageError } from "@hawser/core";
import { type LogFormat, type LogLevel, logLevelNames } from "../logs/index.ts";

/** What the options of `hawser run` mean, as they were typed. */
export interface RunValues {
  readonly file: string | undefined;
  readonly config: string | undefined;
  readonly daemon: boolean;
  readonly pidfile: string | undefined;
  readonly rundir: string | undefined;
  readonly chroot: string | undefined;
  readonly umask: number | undefined;
  readonly uid: string | undefined;
  readonly gid: string | undefined;
  readonly nice: number | undefined;
  readonly nofile: number | undefined;
  /** Seconds. */
  readonly startTimeout: number | undefined;
  readonly logfile: string | undefined;
  readonly logLevel: LogLevel | undefined;
  readonly logFormat: LogFormat | undefined;
  /** Octets; 0 for no limit. */
  readonly logSize: number | undefined;
  readonly logDaily: boolean;
  readonly logKeep: number | undefined;
  readonly logGzip: boolean;
  readonly syslog: string | undefined;
  readonly reactor: "node" | "cluster" | undefined;
  readonly workers: number | undefined;
  readonly profile: string | undefined;
}

/** What an application is made of, when it is not the words of a command. */
const sourceOptions = {
  file: optionValue("X.tap", "run the application of a tap file", { completes: "file" }),
  config: optionValue("FILE", "run the application of a configuration", {
    completes: "file",
    defaultText: "hawser.config.*",
  }),
};

/** Where and as whom it runs. */
const processOptions = {
  daemon: optionFlag("run in the background, parted from the terminal"),
  pidfile: optionValue("FILE", "where the process id is kept", {
    completes: "file",
    defaultText: "hawser.pid of a daemon, none else",
  }),
  rundir: optionValue("DIR", "the folder in which it runs, and its files lie", { completes: "directory" }),
  chroot: optionValue("DIR", "make this the root of its file system (root only; DIR must hold node)", {
    completes: "directory",
  }),
  umask: optionValue("MODE", "permissions that its files do not get", {
    parse: parseUmask,
    defaultText: "0077 for a daemon",
  }),
  uid: optionValue("USER", "become this user once it listens (root only)"),
  gid: optionValue("GROUP", "become this group once it listens (root only)"),
  nice: optionValue("N", "its priority, -20 to 19", { parse: parseNice }),
  nofile: optionValue("N", "how many files and connections it may have open", { parse: parseWholeNumber(16, 2 ** 30) }),
  startTimeout: optionValue("SECONDS", "how long a daemon may take to start", {
    parse: parseWholeNumber(1, 86_400),
    defaultText: "90",
  }),
};

/** What it says, and where. */
const logOptions = {
  logfile: optionValue("FILE", "where its log goes", {
    completes: "file",
    defaultText: "hawser.log of a daemon, standard error else",
  }),
  logLevel: optionChoice(logLevelNames, "how grave a line is to be logged", { defaultText: "info" }),
  logFormat: optionChoice(["text", "json"], "for people, or for programs", { defaultText: "text on a terminal" }),
  logSize: optionValue("SIZE", "put the log aside before it is larger: 500K, 10M, 1G; 0 for never", {
    parse: parseSize,
    defaultText: "10M for a daemon",
  }),
  logDaily: optionFlag("put the log aside every day"),
  logKeep: optionValue("N", "how many logs that were put aside are kept", {
    parse: parseWholeNumber(0, 10_000),
    defaultText: "10",
  }),
  logGzip: optionFlag("compress the logs that were put aside"),
  syslog: optionValue("WHERE", 'log to syslog: "local", or a receiver such as udp:HOST:514, tcp:HOST:601'),
};

/** On what it runs. */
const reactorOptions = {
  reactor: optionChoice(["node", "cluster"], "one process, or one for each core that share the sockets", {
    defaultText: "node",
  }),
  workers: optionValue("N", "how many processes a cluster has", {
    parse: parseWholeNumber(1, 1_024),
    defaultText: "one for each core",
  }),
  profile: optionValue("FILE", "write a .cpuprofile when it ends", { completes: "file" }),
};

/** The options of `hawser run`, without those of the command that it may run. */
export const runOptions: { readonly [Name in keyof RunValues]: CommandOption<RunValues[Name]> } = {
  ...sourceOptions,
  ...processOptions,
  ...logOptions,
  ...reactorOptions,
};

/** An octal number, as for umask(1). */
function parseUmask(text: string): number {
  if (/^[0-7]{1,4}$/.test(text) && Number.parseInt(text, 8) <= 0o777) return Number.parseInt(text, 8);
  throw new UsageError(`"${text}" is not an octal number from 0 to 777`);
}

function parseNice(text: string): number {
  if (/^-?\d{1,2}$/.test(text) && Number(text) >= -20 && Number(text) <= 19) return Number(text);
  throw new UsageError(`"${text}" is not a whole number from -20 to 19`);
}

function parseSize(text: string): number {
  const [, digits, unit = ""] = /^(\d{1,12})([KMG]?)$/i.exec(text) ?? [];
  if (digits === undefined) throw new UsageError(`"${text}" is not a size such as 500K, 10M or 1G`);
  return Number(digits) * 1_024 ** ["", "K", "M", "G"].indexOf(unit.toUpperCase());
}
