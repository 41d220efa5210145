import { format } from "node:util";
import type { Clock } from "@hawser/core";
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
export function applicationLog(
  sink: Pick<LogSink, "write">,
  clock: Pick<Clock, "wall">,
  level: LogLevel = "info",
): ApplicationLog {
  return pino(
    {
      level,
      base: { pid: process.pid },
      // Members of a record, and the arguments of its message, all come by here.
      formatters: { log: redactedRecord },
      hooks: { logMethod: logWithoutSecrets },
      serializers: { err: (error: unknown) => error }, // what redactedRecord has made of it
      timestamp: () => `,"time":${Math.floor(clock.wall())}`,
    },
    { write: (line) => sink.write(printableJson(line)) },
  );
}

type LogMethod = (this: Logger, record: object, message: string) => void;

/** The message is put together first: a secret may be an argument, and what tells that it is one be the text around it. */
function logWithoutSecrets(this: Logger, words: unknown[], method: unknown): void {
  const { record, text } = parted(words);
  (method as LogMethod).call(this, record, withoutSecrets(format(...text)));
}

/** The ways to call pino: with a record, an error, or neither before the message. */
function parted([first, ...rest]: readonly unknown[]): { readonly record: object; readonly text: readonly unknown[] } {
  if (first instanceof Error) return { record: { err: first }, text: rest.length > 0 ? rest : [first.message] };
  if (typeof first === "object" && first !== null) return { record: first, text: rest };
  return { record: {}, text: [first, ...rest] };
}

/** A line of the log about the log, for a sink to write into itself. */
export function noticeLine(text: string, wallMs: number): string {
  return `${printableJson(JSON.stringify({ level: 40, time: wallMs, pid: process.pid, msg: text }))}\n`;
}
