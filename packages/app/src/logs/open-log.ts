import type { Reactor } from "@hawser/core";
import type { FileOwner } from "./append-file.ts";
import type { LogLevel } from "./levels.ts";
import { LogFile } from "./log-file.ts";
import { type ApplicationLog, applicationLog, noticeLine } from "./logger.ts";
import type { RotationPolicy } from "./rotation.ts";
import type { LogSink } from "./sink.ts";
import { syslogLog } from "./syslog.ts";
import { type LogFormat, standardErrorLog } from "./terminal-log.ts";
import { formatLogLine } from "./text-format.ts";

/** Where the log of an application goes, and how. */
export interface LogSettings {
  /** Default `info`. */
  readonly level?: LogLevel | undefined;
  /** Default: text on a terminal and in the journal, JSON elsewhere. */
  readonly format?: LogFormat | undefined;
  /** An absolute path. Default: standard error. */
  readonly file?: string | undefined;
  readonly rotation?: RotationPolicy | undefined;
  /** `local`, or the endpoint of a receiver. */
  readonly syslog?: string | undefined;
}

/** What a log needs of the process that writes it. */
export interface LogSurroundings {
  readonly reactor: Reactor;
  readonly environment: NodeJS.ProcessEnv;
  readonly host: string;
  /** To whom a log file is given. Default: it stays ours. */
  readonly owner?: FileOwner | undefined;
  /** A worker of a cluster writes into the file that its supervisor rotates. */
  readonly follows?: boolean | undefined;
}

/** An open log. */
export interface OpenLog {
  readonly log: ApplicationLog;
  reopen(): void;
  close(): Promise<void>;
}

/**
 * Opens the log: to syslog where that was asked for, else to a file where one was named, else to standard error.
 * @throws {UsageError} when it cannot be written
 */
export function openApplicationLog(settings: LogSettings, surroundings: LogSurroundings): OpenLog {
  const sink = openSink(settings, surroundings);
  return {
    log: applicationLog(sink, surroundings.reactor.clock, settings.level),
    reopen: () => sink.reopen(),
    close: () => sink.close(),
  };
}

function openSink(settings: LogSettings, surroundings: LogSurroundings): LogSink {
  const { file, format, rotation, syslog } = settings;
  const { reactor, environment, host, owner, follows } = surroundings;
  if (syslog !== undefined) return syslogLog(syslog, { host, program: "hawser", pid: process.pid }, reactor);
  if (file === undefined) return standardErrorLog(format, environment);
  const render = format === "text" ? (line: string) => formatLogLine(line.trimEnd()) : (line: string) => line;
  const notice = (text: string) => render(noticeLine(text, reactor.clock.wall()));
  const opened = new LogFile(file, { clock: reactor.clock, rotation, follows, owner, notice });
  return {
    write: (line) => opened.write(render(line)),
    reopen: () => opened.reopen(),
    close: () => opened.close(),
  };
}
