import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { StringDecoder } from "node:string_decoder";
import {
  optionChoice,
  optionFlag,
  optionValue,
  parseWholeNumber,
  quote,
  type Tool,
  type ToolContext,
  tool,
  UsageError,
} from "@hawser/core";
import { fileReason } from "../logs/file-reason.ts";
import { formatLogLine } from "../logs/index.ts";
import { printableText } from "../logs/printable.ts";
import { daemonFiles } from "./run-settings.ts";

const linesDefault = 20;

/** Of the end of a log that is read for its last lines. */
const tailOctetsMax = 4 * 1_024 ** 2;
const readOctets = 65_536;

/** A line that does not end is shown in pieces. */
const lineLengthMax = 1_048_576;
const lookMs = 250;

const options = {
  logfile: optionValue("FILE", "where the log is", { completes: "file", defaultText: daemonFiles.log }),
  lines: optionValue("N", "how many lines", { parse: parseWholeNumber(0, 1_000_000), defaultText: `${linesDefault}` }),
  follow: optionFlag("show what is added, also after the log was put aside, until you have had enough"),
  logFormat: optionChoice(["text", "json"], "for people, or as it is written", { defaultText: "text" }),
};

/** `hawser logs`: the end of a daemon's log, for people. */
export const logsTool: Tool = tool({
  name: "logs",
  summary: "Show the end of a daemon's log",
  options,
  operands: {},
  examples: [["hawser logs --follow", "of the daemon of this folder"]],
  async run({ logfile = daemonFiles.log, lines = linesDefault, follow, logFormat }, context) {
    const asLine =
      logFormat === "json" ? (line: string) => `${printableText(line)}\n` : (line: string) => formatLogLine(line);
    const show = (line: string) => context.terminal.write(Buffer.from(asLine(line)));
    const log = new LogReader(resolve(logfile));
    try {
      for (const line of log.tail(lines)) await show(line);
      if (follow) await followLog(log, show, context);
    } finally {
      log.close();
    }
    return 0;
  },
});

async function followLog(
  log: LogReader,
  show: (line: string) => Promise<void>,
  { reactor, signal }: ToolContext,
): Promise<void> {
  while (!signal.aborted) {
    for (const line of log.added()) await show(line);
    await reactor.clock.sleep(lookMs, { signal }).catch(() => {});
  }
}

/** Reads what is added to a file, and goes on with the one that takes its name. */
class LogReader {
  readonly #path: string;
  #fd: number;
  #at = 0;
  #rest = "";
  #decoder = new StringDecoder("utf8");

  /** @throws {UsageError} when it cannot be read */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#fd = openSync(path, "r");
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "there is none" : fileReason(cause);
      throw new UsageError(`Cannot read the log ${quote(path)}: ${reason}`, { cause });
    }
  }

  /** The last lines; reading goes on behind them. */
  tail(count: number): readonly string[] {
    const { size } = fstatSync(this.#fd);
    this.#at = Math.max(0, size - tailOctetsMax);
    const lines = [...this.#lines()];
    return count === 0 ? [] : lines.slice(-count);
  }

  /** The lines that were added since; an old file is read to its end before the new one. */
  *added(): Generator<string> {
    yield* this.#lines();
    if (!this.#wasReplaced()) return;
    yield* this.#lines(); // what was written until it was put aside
    this.#reopen();
    yield* this.#lines();
  }

  close(): void {
    closeSync(this.#fd);
  }

  *#lines(): Generator<string> {
    const { size } = fstatSync(this.#fd);
    if (size < this.#at) this.#at = 0; // it was emptied
    const buffer = Buffer.alloc(readOctets);
    for (;;) {
      const count = readSync(this.#fd, buffer, 0, readOctets, this.#at);
      if (count === 0) return;
      this.#at += count;
      const pieces = (this.#rest + this.#decoder.write(buffer.subarray(0, count))).split("\n");
      this.#rest = pieces.pop()!;
      if (this.#rest.length > lineLengthMax) pieces.push(this.#takeRest());
      yield* pieces;
    }
  }

  #takeRest(): string {
    const rest = this.#rest;
    this.#rest = "";
    return rest;
  }

  #wasReplaced(): boolean {
    const found = statSync(this.#path, { throwIfNoEntry: false });
    return found !== undefined && found.ino !== fstatSync(this.#fd).ino;
  }

  #reopen(): void {
    const fd = openSync(this.#path, "r");
    closeSync(this.#fd);
    this.#fd = fd;
    this.#at = 0;
    this.#rest = "";
    this.#decoder = new StringDecoder("utf8");
  }
}
