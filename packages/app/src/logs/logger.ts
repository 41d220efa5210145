import { type Logger, pino } from "pino";
import type { LogLevel } from "./levels.ts";
import { printableJson } from "./printable.ts";
import { redactedRecord, withoutSecrets } from "./redact.ts";
import type { LogSink } from "./sink.ts";

/** Where the application's own lines go. */
export type ApplicationLog = Logger;

/**
 * A logger that writes to a sink, one line of JSON for each call, before the call returns. Secrets are censored, controls
 * are escaped.
 */
export function applicationLog(sink: Pick<LogSink, "write">, level: LogLevel = "info"): ApplicationLog {
  return pino(
    {
      level,
      base: { pid: process.pid },
      // Members of a record, and the arguments of its message, all come by here.
      formatters: { log: redactedRecord },
      hooks: { logMethod: logWithoutSecrets },
      serializers: { err: (error: unknown) => error }, // what redactedRecord has made of it
      timestamp: () => `,"time":${Date.now()}`,
    },
    { write: (line) => sink.write(printableJson(line)) },
  );
}

type LogMethod = (this: Logger, ...words: unknown[]) => void;

function logWithoutSecrets(this: Logger, words: unknown[], method: LogMethod): void {
  method.apply(
    this,
    words.map((word) => (typeof word === "string" ? withoutSecrets(word) : asRecord(word))),
  );
}

/** An error that is logged by itself is a record with an error in it. */
function asRecord(word: unknown): unknown {
  return word instanceof Error ? { err: word } : word;
}

/** A line of the log about the log, for a sink to write into itself. */
export function noticeLine(text: string): string {
  return `${printableJson(JSON.stringify({ level: 40, time: Date.now(), pid: process.pid, msg: text }))}\n`;
}
