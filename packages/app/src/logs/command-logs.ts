import type { Clock, CommandLog } from "@hawser/core";
import type { FileOwner } from "./append-file.ts";
import { LogFile } from "./log-file.ts";

/** How the files of {@link CommandLogs} are opened. */
export interface CommandLogsOptions {
  readonly clock: Clock;
  readonly owner?: FileOwner | undefined;
  /** See `LogFileOptions.follows`. */
  readonly follows: boolean;
}

/** The logs that commands open, such as access logs: one file for one name, however many write to it. */
export class CommandLogs {
  readonly #logs = new Map<string, SharedLog>();
  readonly #options: CommandLogsOptions;

  constructor(options: CommandLogsOptions) {
    this.#options = options;
  }

  /**
   * Opens a file to append lines to; `-` is standard output.
   * @throws {UsageError} when it cannot be written
   */
  async open(path: string): Promise<CommandLog> {
    if (path === "-") return standardOutput;
    const log = this.#logs.get(path) ?? new SharedLog(new LogFile(path, this.#options), this.#options.clock);
    this.#logs.set(path, log);
    log.writers += 1;
    let closed = false;
    return {
      write: (text) => (closed ? undefined : log.write(text)),
      close: async () => {
        if (!closed) await this.#close(path, log);
        closed = true;
      },
    };
  }

  /** Opens all files anew, after somebody has put the old ones aside. */
  reopen(): void {
    for (const log of this.#logs.values()) log.reopen();
  }

  /** Writes what waits, at once. */
  flush(): void {
    for (const log of this.#logs.values()) log.flush();
  }

  async #close(path: string, log: SharedLog): Promise<void> {
    log.writers -= 1;
    if (log.writers > 0) return;
    this.#logs.delete(path);
    await log.close();
  }
}

/** Lines that are written in one turn leave in one write: an access log gets thousands in a second. */
class SharedLog {
  writers = 0;
  readonly #file: LogFile;
  readonly #clock: Clock;
  #waiting = "";

  constructor(file: LogFile, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  write(text: string): void {
    if (this.#waiting === "") this.#clock.after(0, () => this.flush());
    this.#waiting += text;
    if (this.#waiting.length > waitingMax) this.flush();
  }

  flush(): void {
    if (this.#waiting === "") return;
    this.#file.write(this.#waiting);
    this.#waiting = "";
  }

  reopen(): void {
    this.flush();
    this.#file.reopen();
  }

  close(): Promise<void> {
    this.flush();
    return this.#file.close();
  }
}

/** Characters; a write of 64 KiB costs no more for each octet than a larger one. */
const waitingMax = 65_536;

const standardOutput: CommandLog = {
  write: (text) => void process.stdout.write(text),
  close: async () => {},
};
