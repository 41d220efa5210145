import { FramingError } from "./errors.ts";
import { FrameReader } from "./frame-reader.ts";

/** How many bits of length stand before each frame. */
export type LengthPrefixBits = 8 | 16 | 32;

/** How long a frame may be. */
export interface LengthPrefixedReaderOptions {
  /** The longest frame, without its prefix. Default 99,999, as Twisted has it, or what the prefix can say. */
  readonly octetsMax?: number | undefined;
}

/** Takes a stream apart into frames that each begin with their length, in network byte order. */
export class LengthPrefixedReader extends FrameReader {
  readonly #prefixOctets: number;
  readonly #octetsMax: number;

  constructor(prefixBits: LengthPrefixBits, options: LengthPrefixedReaderOptions = {}) {
    super();
    this.#prefixOctets = prefixBits / 8;
    this.#octetsMax = options.octetsMax ?? 99_999;
  }

  protected override takeFrame(): Uint8Array | undefined {
    if (this.buffer.octets < this.#prefixOctets) return undefined;
    let length = 0;
    for (let at = 0; at < this.#prefixOctets; at++) length = 256 * length + this.buffer.at(at)!;
    if (length > this.#octetsMax) throw tooLong(length, this.#octetsMax);
    if (this.buffer.octets < this.#prefixOctets + length) return undefined;
    this.buffer.skip(this.#prefixOctets);
    return this.buffer.take(length);
  }
}

/** Puts the length before a frame; text goes as UTF-8. @throws {RangeError} when the prefix cannot say the length */
export function encodeLengthPrefixed(prefixBits: LengthPrefixBits, content: Uint8Array | string): Uint8Array {
  const octets = typeof content === "string" ? Buffer.from(content) : content;
  if (octets.length >= 2 ** prefixBits) {
    throw new RangeError(`Cannot encode a frame: ${octets.length} octets do not fit a prefix of ${prefixBits} bits`);
  }
  const prefixOctets = prefixBits / 8;
  const frame = Buffer.allocUnsafeSlow(prefixOctets + octets.length);
  frame.writeUIntBE(octets.length, 0, prefixOctets);
  frame.set(octets, prefixOctets);
  return frame;
}

function tooLong(octets: number, octetsMax: number): FramingError {
  return new FramingError("frame-too-long", `Cannot read a frame: its ${octets} octets are more than ${octetsMax}`);
}
