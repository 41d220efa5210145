import { type LogLevel, logLevelName } from "./levels.ts";
import { printableText } from "./printable.ts";

/** A line of a log as it was read back from JSON. */
export type LogRecord = Readonly<Record<string, unknown>>;

/** How records are written for people. */
export interface TextFormatOptions {
  /** Colours, for a terminal. Default false. */
  readonly colors?: boolean | undefined;
  /** Default true. */
  readonly time?: boolean | undefined;
}

/** Members that every record has; they are said elsewhere in the line, or nowhere. */
const common: ReadonlySet<string> = new Set(["level", "time", "msg", "name", "pid", "hostname", "err"]);

/**
 * A record as people read it: `12:03:04.123 warn  worker 71 ended  reason="SIGKILL"`, with an error's stack below it.
 * Whatever a peer put into it stays on its line and steers no terminal.
 */
export function formatLogText(record: LogRecord, options: TextFormatOptions = {}): string {
  const level = logLevelName(Number(record["level"]));
  const time = options.time === false ? "" : `${clockTime(record["time"])} `;
  const rest = Object.entries(record).filter(([name, value]) => !common.has(name) && value !== undefined);
  const more = rest.map(([name, value]) => ` ${oneLine(name)}=${oneLine(JSON.stringify(value) ?? "")}`).join("");
  const message = oneLine(String(record["msg"] ?? ""));
  return `${time}${label(level, options.colors === true)} ${message}${more === "" ? "" : ` ${more}`}${stack(record["err"])}\n`;
}

/** A line of a log file for people; what is no record of ours is shown as it is, made harmless. */
export function formatLogLine(line: string, options: TextFormatOptions = {}): string {
  const record = parseLogRecord(line);
  return record === undefined ? `${printableText(line)}\n` : formatLogText(record, options);
}

/** Reads a line of JSON that pino wrote; `undefined` for any other. */
export function parseLogRecord(line: string): LogRecord | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const record = JSON.parse(line) as LogRecord;
    return typeof record["level"] === "number" ? record : undefined;
  } catch {
    return undefined;
  }
}

function oneLine(text: string): string {
  return printableText(text).replace(/\n/g, "\\n");
}

function clockTime(time: unknown): string {
  const date = new Date(typeof time === "number" || typeof time === "string" ? time : Number.NaN);
  if (Number.isNaN(date.getTime())) return "-";
  const two = (number: number, digits = 2) => String(number).padStart(digits, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${clock}.${two(date.getMilliseconds(), 3)}`;
}

function label(level: LogLevel, colors: boolean): string {
  const word = level.padEnd(5);
  return colors ? `\x1b[${colorCodes[level]}m${word}\x1b[0m` : word;
}

const colorCodes: Readonly<Record<LogLevel, number>> = {
  trace: 90,
  debug: 90,
  info: 32,
  warn: 33,
  error: 31,
  fatal: 35,
};

/** The stack of an error and of its causes, two columns to the right, so that none of it looks like a line of its own. */
function stack(error: unknown, deeper = ""): string {
  if (typeof error !== "object" || error === null) return "";
  const { stack: text, message, cause } = error as Readonly<Record<string, unknown>>;
  const lines = printableText(String(text ?? message ?? "")).split("\n");
  return lines.map((line) => `\n  ${deeper}${line}`).join("") + (deeper.length > 8 ? "" : stack(cause, `${deeper}  `));
}
