import { ConnectionError } from "@hawser/core";

/** Octets on their way to a backend. Who writes is held back while too much waits; who reads may stop at any time. */
export class SmtpContentStream implements AsyncIterable<Uint8Array> {
  readonly #octetsMax: number;
  #chunks: Uint8Array[] = [];
  #octets = 0;
  #end: { readonly error: Error | undefined } | undefined;
  #isDropped = false;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax;
  }

  /** The content was ended by an error. */
  get error(): Error | undefined {
    return this.#end?.error;
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
    this.#isDropped = true;
    this.#chunks = [];
    this.#wake();
    this.#release();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const chunk = this.#shift();
        if (chunk !== undefined) yield chunk;
        else if (this.#isDropped) throw new ConnectionError("aborted", "Cannot read the message: it was let go of");
        else if (this.#end === undefined) await this.#arrival();
        else if (this.#end.error !== undefined) throw this.#end.error;
        else return;
      }
    } finally {
      this.drop();
    }
  }

  #shift(): Uint8Array | undefined {
    if (this.#end?.error !== undefined) return undefined; // a message that is cut is no message
    const chunk = this.#chunks.shift();
    if (chunk === undefined) return undefined;
    this.#octets -= chunk.length;
    if (this.#octets < this.#octetsMax) this.#release();
    return chunk;
  }

  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeReader = resolve;
    });
  }

  #wake(): void {
    const wake = this.#wakeReader;
    this.#wakeReader = undefined;
    wake?.();
  }

  #release(): void {
    const wake = this.#wakeWriter;
    this.#wakeWriter = undefined;
    wake?.();
  }
}
