import { ConnectionError } from "@hawser/core";

/** Octets on their way to a backend. Who writes is held back while too much waits; who reads may stop at any time. */
export class SmtpContentStream implements AsyncIterable<Uint8Array> {
  readonly #octetsMax: number;
  #chunks: Uint8Array[] = [];
  #octets = 0;
  #end: { readonly error: Error | undefined } | undefined;
  #isDropped = false;
  #readers: (() => void)[] = [];
  #wakeWriter: (() => void) | undefined;

  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax;
  }

  /** Adds a chunk. @returns what to wait for before the next, where too much is unread */
  push(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#isDropped || this.#end !== undefined) return undefined;
    this.#chunks.push(chunk);
    this.#octets += chunk.length;
    this.#wake();
    if (this.#octets < this.#octetsMax) return undefined;
    return new Promise((resolve) => {
      this.#wakeWriter = resolve;
    });
  }

  /** The content is complete; with an error it never will be. */
  finish(error?: Error): void {
    this.#end ??= { error };
    this.#wake();
    this.#release();
  }

  /** Nobody reads on: what still comes is dropped. */
  drop(): void {
    if (this.#isDropped) return;
    this.#isDropped = true;
    this.#chunks = [];
    this.#wake();
    this.#release();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return new ContentIterator(this);
  }

  /** The next chunk, if there is one now. */
  shift(): Uint8Array | undefined {
    if (this.#end?.error !== undefined) return undefined; // a message that is cut is no message
    const chunk = this.#chunks.shift();
    if (chunk === undefined) return undefined;
    this.#octets -= chunk.length;
    if (this.#octets < this.#octetsMax) this.#release();
    return chunk;
  }

  /** There is no chunk now: waits for one, or for the end. `undefined`: the end is here. */
  arrival(): Promise<void> | undefined {
    if (this.#isDropped || this.#end !== undefined) return undefined;
    return new Promise((resolve) => {
      this.#readers.push(resolve);
    });
  }

  /** Why there is no more, where that is not the message's end. */
  fault(): Error | undefined {
    if (!this.#isDropped) return this.#end?.error;
    return new ConnectionError("aborted", "Cannot read the message: it was let go of");
  }

  #wake(): void {
    if (this.#readers.length === 0) return;
    const readers = this.#readers;
    this.#readers = [];
    for (const wake of readers) wake();
  }

  #release(): void {
    const wake = this.#wakeWriter;
    this.#wakeWriter = undefined;
    wake?.();
  }
}

/** What an asynchronous generator would do, with one promise for a chunk instead of three. */
class ContentIterator implements AsyncIterator<Uint8Array, undefined> {
  readonly #stream: SmtpContentStream;
  #isOver = false;

  constructor(stream: SmtpContentStream) {
    this.#stream = stream;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#isOver) return Promise.resolve(done);
    const value = this.#stream.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    return this.#stream.arrival()?.then(() => this.next()) ?? this.#finish();
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#isOver = true;
    this.#stream.drop();
    return Promise.resolve(done);
  }

  #finish(): Promise<IteratorResult<Uint8Array, undefined>> {
    const fault = this.#stream.fault();
    if (fault === undefined) return this.return();
    this.#isOver = true;
    this.#stream.drop();
    return Promise.reject(fault);
  }
}

const done: IteratorResult<never, undefined> = { done: true, value: undefined };
