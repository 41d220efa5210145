interface WatchedStreamOptions {
  /** Thrown after the last piece. */
  readonly failsWith?: Error | undefined;
  /** After the last piece nothing comes any more, not even an end. */
  readonly thenWaits?: boolean | undefined;
}

/** A stream of pieces that tells what was done with it. */
export class WatchedStream implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  /** How many pieces were asked for. */
  pulled = 0;
  /** It was left before its end. */
  closed = false;
  /** It was read to its end. */
  ended = false;
  readonly #pieces: Iterator<string | Uint8Array>;
  readonly #options: WatchedStreamOptions;

  constructor(pieces: Iterable<string | Uint8Array>, options: WatchedStreamOptions = {}) {
    this.#pieces = pieces[Symbol.iterator]();
    this.#options = options;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const { value, done } = this.#pieces.next();
    if (!done) {
      this.pulled++;
      return { value: Buffer.from(value), done: false };
    }
    if (this.#options.failsWith !== undefined) throw this.#options.failsWith;
    if (this.#options.thenWaits) await new Promise(() => {});
    this.ended = true;
    return { value: undefined, done: true };
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.closed = true;
    return { value: undefined, done: true };
  }
}
