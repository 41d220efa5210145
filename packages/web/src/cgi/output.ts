import { type Clock, ConnectionError, type Instant, withDeadline } from "@hawser/core";
import { CgiError } from "./errors.ts";

/** Where the answer of a program comes from: a pipe, a socket, a stream of records. */
export interface CgiSource {
  /** The next octets; `undefined` when it has ended well. Rejects when the signal aborts. */
  read(signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Lets go of it, and stops whoever is writing. Safe to repeat, also after the end. */
  close(): void;
}

/** How long and how much a program may write. */
export interface CgiPatience {
  /** For the whole answer. */
  readonly timeoutMs: number;
  /** Between two pieces of it, while we wait for one. */
  readonly idleTimeoutMs: number;
  readonly outputOctetsMax: number;
}

/** The answer of a program, read with limited patience. It closes its source at the end, when it fails, and when it is left. */
export class CgiOutput implements AsyncIterableIterator<Uint8Array> {
  readonly #source: CgiSource;
  readonly #patience: CgiPatience;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #until: Instant;
  #octets = 0;
  #unread: Uint8Array | undefined;
  #over = false;

  constructor(source: CgiSource, patience: CgiPatience, clock: Clock, signal: AbortSignal) {
    this.#source = source;
    this.#patience = patience;
    this.#clock = clock;
    this.#signal = signal;
    this.#until = clock.now() + patience.timeoutMs;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Puts back what was read too much. */
  unread(chunk: Uint8Array | undefined): void {
    this.#unread = chunk;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const unread = this.#unread;
    this.#unread = undefined;
    if (unread !== undefined) return { done: false, value: unread };
    if (this.#over) return { done: true, value: undefined };
    try {
      const chunk = await this.#read();
      if (chunk === undefined) return await this.return();
      return { done: false, value: chunk };
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    if (!this.#over) {
      this.#over = true;
      this.#source.close();
    }
    return { done: true, value: undefined };
  }

  async #read(): Promise<Uint8Array | undefined> {
    const ms = Math.min(this.#patience.idleTimeoutMs, this.#until - this.#clock.now());
    if (ms <= 0)
      throw new ConnectionError("timed-out", `The script's answer took more than ${this.#patience.timeoutMs} ms`);
    const read = (signal: AbortSignal) => this.#source.read(signal);
    const chunk = await withDeadline(this.#clock, ms, read, { signal: this.#signal });
    this.#octets += chunk?.length ?? 0;
    if (this.#octets <= this.#patience.outputOctetsMax) return chunk;
    throw new CgiError("output-too-long", `The script's answer has more than ${this.#patience.outputOctetsMax} octets`);
  }
}
