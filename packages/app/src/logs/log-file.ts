import { readdirSync, renameSync, unlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Clock, Instant } from "@hawser/core";
import { AppendFile, type FileOwner } from "./append-file.ts";
import { compressFile } from "./compress.ts";
import { fileReason } from "./file-reason.ts";
import { type RotationPolicy, rotatedName, rotationDue, surplusRotated } from "./rotation.ts";
import type { LogSink } from "./sink.ts";

/** How a log file is kept. */
export interface LogFileOptions {
  readonly clock: Clock;
  readonly rotation?: RotationPolicy | undefined;
  /** Writes into what the file's name means, looking once a second: for processes that share a file another one rotates. */
  readonly follows?: boolean | undefined;
  readonly owner?: FileOwner | undefined;
  /** Makes a line of the log out of something it has to say about itself. Default: it is silent. */
  readonly notice?: ((text: string) => string) | undefined;
}

/** A full disk is tried again after so long, and not with every line. */
const retryMs = 1_000;
const followMs = 1_000;

/** A log in a file: written at once, put aside by size and day, opened anew when asked to. */
export class LogFile implements LogSink {
  readonly #file: AppendFile;
  readonly #options: LogFileOptions;
  readonly #clock: Clock;
  #octets: number;
  #sinceMs: number;
  #lost = 0;
  /** The last line was written in part. */
  #torn = false;
  #failure: unknown;
  #retryAt: Instant = Number.NEGATIVE_INFINITY;
  #lookAt: Instant = Number.NEGATIVE_INFINITY;
  #closed = false;
  #compressed: Promise<void> = Promise.resolve();

  /** @throws {UsageError} when the file cannot be opened */
  constructor(path: string, options: LogFileOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#file = new AppendFile(path, options.owner);
    const { octets, modifiedMs } = this.#file.stat;
    this.#octets = octets;
    this.#sinceMs = octets === 0 ? this.#clock.wall() : modifiedMs;
  }

  write(line: string): void {
    if (this.#closed) return;
    if (this.#lost > 0 && this.#clock.now() < this.#retryAt) return this.#lose(this.#failure);
    if (this.#options.follows === true) this.#follow();
    else this.#rotateIfDue(Buffer.byteLength(line));
    this.#append(line);
  }

  reopen(): void {
    if (this.#closed) return;
    try {
      this.#file.reopen();
      this.#begin(this.#file.stat.octets);
    } catch (error) {
      this.#say(`Cannot open "${this.#file.path}" again: ${fileReason(error)}; the old file is written on`);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#file.close();
    await this.#compressed;
  }

  #append(line: string): void {
    try {
      const text = `${this.#torn ? "\n" : ""}${this.#lossNotice()}${line}`;
      this.#file.append(text);
      this.#octets += Buffer.byteLength(text);
      this.#lost = 0;
      this.#torn = false;
    } catch (error) {
      this.#torn = true;
      this.#retryAt = this.#clock.now() + retryMs;
      this.#lose(error);
    }
  }

  #lose(failure: unknown): void {
    this.#lost += 1;
    this.#failure = failure;
  }

  #lossNotice(): string {
    if (this.#lost === 0) return "";
    return this.#options.notice?.(`${this.#lost} lines were lost: ${fileReason(this.#failure)}`) ?? "";
  }

  #say(text: string): void {
    if (this.#closed) return;
    const line = this.#options.notice?.(text);
    if (line !== undefined) this.#append(line);
  }

  #follow(): void {
    if (this.#clock.now() < this.#lookAt) return;
    this.#lookAt = this.#clock.now() + followMs;
    if (this.#file.wasReplaced) this.reopen();
  }

  #rotateIfDue(octets: number): void {
    const policy = this.#options.rotation;
    const state = { octets: this.#octets, sinceMs: this.#sinceMs };
    if (policy === undefined || !rotationDue(state, octets, this.#clock.wall(), policy)) return;
    try {
      this.#rotate(policy);
    } catch (error) {
      [this.#octets, this.#sinceMs] = [0, this.#clock.wall()]; // tried again after as much more, not with the next line
      this.#say(`Cannot put "${this.#file.path}" aside: ${fileReason(error)}`);
    }
  }

  #rotate(policy: RotationPolicy): void {
    const folder = dirname(this.#file.path);
    const base = basename(this.#file.path);
    const names = new Set(readdirSync(folder));
    const name = rotatedName(base, this.#clock.wall(), (candidate) => names.has(candidate));
    renameSync(this.#file.path, join(folder, name));
    this.#file.reopen();
    this.#begin(0);
    for (const old of surplusRotated(base, [...names, name], policy.keep)) unlinkSync(join(folder, old));
    if (policy.gzip === true && policy.keep !== 0) this.#compress(join(folder, name));
  }

  #begin(octets: number): void {
    this.#torn = false;
    this.#octets = octets;
    this.#sinceMs = this.#clock.wall();
  }

  /** One after the other: a log that is put aside often must not take all threads. */
  #compress(path: string): void {
    this.#compressed = this.#compressed
      .then(() => compressFile(path))
      .catch((error: unknown) => this.#say(`Cannot compress "${path}": ${fileReason(error)}`));
  }
}
