import { fstatSync } from "node:fs";
import { logLevelName, syslogSeverity } from "./levels.ts";
import type { LogSink } from "./sink.ts";
import { formatLogText, parseLogRecord } from "./text-format.ts";

/** `text` for people, `json` for programs. */
export type LogFormat = "text" | "json";

/**
 * The log on standard error: for people on a terminal, JSON where it goes to a file or a program. Under systemd each line
 * begins with its severity (sd-daemon(3)) and has no time, since the journal keeps both.
 */
export function standardErrorLog(format: LogFormat | undefined, environment: NodeJS.ProcessEnv): LogSink {
  const journal = isJournal(environment["JOURNAL_STREAM"]);
  const terminal = process.stderr.isTTY === true;
  const write = (text: string) => void process.stderr.write(text);
  process.stderr.on("error", ignore); // nobody reads it any more: that ends no service
  if (journal && format !== "json") return sink((line) => write(journalLines(line)));
  if ((format ?? (terminal ? "text" : "json")) === "json") return sink(write);
  const colors = terminal && environment["NO_COLOR"] === undefined && environment["TERM"] !== "dumb";
  return sink((line) => write(asText(line, { colors })));
}

function sink(write: (line: string) => void): LogSink {
  return { write, reopen: ignore, close: async () => {} };
}

/** systemd names the device and the inode of the stream that it connected, since a child may have another. */
function isJournal(named: string | undefined): boolean {
  if (named === undefined) return false;
  try {
    const { dev, ino } = fstatSync(2);
    return named === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** Each line of a stack becomes an entry, so each has the severity. */
function journalLines(line: string): string {
  const level = logLevelName(Number(parseLogRecord(line)?.["level"]));
  const prefix = `<${syslogSeverity(level)}>`;
  return `${asText(line, { time: false }).trimEnd().replace(/^/gm, prefix)}\n`;
}

function asText(line: string, options: Parameters<typeof formatLogText>[1]): string {
  const record = parseLogRecord(line);
  return record === undefined ? line : formatLogText(record, options);
}

function ignore(): void {}
