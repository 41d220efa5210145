import { FramingError, type FramingErrorCode } from "./errors.ts";
import { FrameReader } from "./frame-reader.ts";

/** How long a netstring may be. */
export interface NetstringReaderOptions {
  /** The longest content. Default 99,999, as Twisted has it. */
  readonly octetsMax?: number | undefined;
}

/**
 * Takes a stream apart into netstrings, `5:hello,`. The length has ASCII digits only and no leading zero, so that each
 * string has one spelling.
 */
export class NetstringReader extends FrameReader {
  readonly #octetsMax: number;

  constructor(options: NetstringReaderOptions = {}) {
    super();
    this.#octetsMax = options.octetsMax ?? 99_999;
  }

  protected override takeFrame(): Uint8Array | undefined {
    const length = this.#readLength();
    if (length === undefined) return undefined;
    const contentAt = String(length).length + 1;
    const comma = this.buffer.at(contentAt + length);
    if (comma === undefined) return undefined;
    if (comma !== COMMA) throw fault("bad-netstring", "no comma ends it");
    this.buffer.skip(contentAt);
    const content = this.buffer.take(length);
    this.buffer.skip(1);
    return content;
  }

  /** Reads the few octets before the colon; again when more have come, since they are so few. */
  #readLength(): number | undefined {
    let length = 0;
    for (let at = 0; ; at++) {
      const octet = this.buffer.at(at);
      if (octet === undefined) return undefined;
      if (octet === COLON && at > 0) return length;
      if (octet < ZERO || octet > NINE) throw fault("bad-netstring", "its length is not a number");
      if (length === 0 && at > 0) throw fault("bad-netstring", "its length has a leading zero");
      length = 10 * length + octet - ZERO;
      if (length > this.#octetsMax) throw fault("frame-too-long", `it is longer than ${this.#octetsMax} octets`);
    }
  }
}

/** Encodes one netstring; text goes as UTF-8. */
export function encodeNetstring(content: Uint8Array | string): Uint8Array {
  const octets = typeof content === "string" ? Buffer.from(content) : content;
  return Buffer.concat([Buffer.from(`${octets.length}:`), octets, Buffer.from(",")]);
}

function fault(code: FramingErrorCode, what: string): FramingError {
  return new FramingError(code, `Cannot read a netstring: ${what}`);
}

const COLON = 0x3a;
const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
