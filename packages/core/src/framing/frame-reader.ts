import { FramingError } from "./errors.ts";
import { ReceiveBuffer } from "./receive-buffer.ts";

/**
 * Takes a stream of octets apart into frames. Octets are pushed in as the network cuts them and frames are pulled out,
 * one at a time, since after any frame a protocol may go on with something else: see {@link readRaw}.
 */
export abstract class FrameReader {
  protected readonly buffer: ReceiveBuffer = new ReceiveBuffer();
  #ended = false;

  /** Keeps octets that arrived. */
  receive(chunk: Uint8Array): void {
    this.buffer.push(chunk);
  }

  /** The peer will send no more. */
  end(): void {
    this.#ended = true;
  }

  /** True when the peer has ended and everything it sent was read. */
  get finished(): boolean {
    return this.#ended && this.buffer.octets === 0;
  }

  /**
   * The next frame; `undefined` when more octets are needed, or there will be none.
   * @throws {FramingError} when the peer broke the framing; again at each call, since nothing can be read after that
   */
  next(): Uint8Array | undefined {
    const frame = this.takeFrame();
    if (frame === undefined && this.#ended && this.buffer.octets > 0) throw unexpectedEnd(this.buffer.octets);
    return frame;
  }

  /** The frames that are complete by now. */
  *[Symbol.iterator](): IterableIterator<Uint8Array> {
    for (let frame = this.next(); frame !== undefined; frame = this.next()) yield frame;
  }

  /** Octets outside any frame, as many as are there, up to `octetsMax`; `undefined` when none are. */
  readRaw(octetsMax: number = Number.POSITIVE_INFINITY): Uint8Array | undefined {
    const octets = Math.min(octetsMax, this.buffer.octets);
    return octets > 0 ? this.buffer.take(octets) : undefined;
  }

  protected abstract takeFrame(): Uint8Array | undefined;
}

function unexpectedEnd(octets: number): FramingError {
  return new FramingError("unexpected-end", `Cannot read a frame: the peer ended ${octets} octets into it`);
}
