import { ConnectionError, StateError } from "@hawser/core/protocol";
import { HttpError } from "./error.ts";
import type { HttpHeaders } from "./headers.ts";

/** What the connection does for the body of the request it is serving. */
export interface HttpBodySource {
  /** Something wants the body: tell the client to go on if it waits (100-continue), and pull. */
  wanted(): void;
}

/** How much of a body is read at once. */
export interface HttpBodyOptions {
  /** Refuses a longer body with 413. Default 1 MiB. */
  readonly octetsMax?: number | undefined;
}

const octetsMaxDefault = 1_048_576;

/**
 * The body of a request, as it comes in. Nothing is read before somebody asks, and nothing is kept that was not asked
 * for; a handler that never looks costs the connection at most the drain limit. It can be read once.
 */
export class HttpRequestBody implements AsyncIterable<Uint8Array> {
  /** Octets announced by Content-Length; `undefined` when the body comes in chunks. */
  readonly length: number | undefined;
  /** Fields that followed a body in chunks, once it has ended (RFC 9112 §7.1.2). Never merged into the headers. */
  trailers: HttpHeaders | undefined;
  readonly #source: HttpBodySource;
  #chunks: Uint8Array[] = [];
  #ended: boolean;
  #error: Error | undefined;
  #wake: (() => void) | undefined;
  #taken = false;

  /** @param length 0 when the request has no body */
  constructor(source: HttpBodySource, length: number | undefined) {
    this.#source = source;
    this.length = length;
    this.#ended = length === 0;
  }

  /** All of it has come. */
  get ended(): boolean {
    return this.#ended;
  }

  /** True while a reader waits for the next chunk: the time to pull one. */
  get hungry(): boolean {
    return this.#wake !== undefined;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    this.#take();
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#error !== undefined) throw this.#error;
      else if (this.#ended) return;
      else await this.#more();
    }
  }

  /**
   * The whole body.
   * @throws {HttpError} 413 when it is longer than `octetsMax`
   */
  async bytes(options: HttpBodyOptions = {}): Promise<Uint8Array> {
    const octetsMax = options.octetsMax ?? octetsMaxDefault;
    if (this.length !== undefined && this.length > octetsMax) throw new HttpError(413);
    const chunks: Uint8Array[] = [];
    let octets = 0;
    for await (const chunk of this) {
      octets += chunk.length;
      if (octets > octetsMax) throw new HttpError(413);
      chunks.push(chunk);
    }
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, octets);
  }

  /** The whole body as UTF-8 text; malformed sequences are refused with 400. */
  async text(options?: HttpBodyOptions): Promise<string> {
    const bytes = await this.bytes(options);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (cause) {
      throw new HttpError(400, "The body is not UTF-8", { cause });
    }
  }

  /** The whole body as JSON. Its type is the caller's to check. */
  async json(options?: HttpBodyOptions): Promise<unknown> {
    const body = await this.text(options);
    try {
      return JSON.parse(body);
    } catch (cause) {
      throw new HttpError(400, "The body is not JSON", { cause });
    }
  }

  // What the connection calls.

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#awake();
  }

  finish(trailers?: HttpHeaders): void {
    this.#ended = true;
    this.trailers = trailers;
    this.#awake();
  }

  fail(error: Error): void {
    if (this.#ended) return;
    this.#error ??= error;
    this.#awake();
  }

  #take(): void {
    if (this.#taken) throw new StateError("Cannot read the body of the request: it has been read");
    this.#taken = true;
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#source.wanted();
    });
  }

  #awake(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** What readers of a body get when the client has gone. */
export function bodyLost(cause: ConnectionError | undefined): ConnectionError {
  return new ConnectionError(cause?.code ?? "reset", "The client went away before its request was answered", { cause });
}
