import { FramingError } from "./errors.ts";
import { FrameReader } from "./frame-reader.ts";

/** What ends a line. */
export interface LineReaderOptions {
  /**
   * `crlf` insists on CRLF and refuses a CR or LF that stands alone: two programs that disagree about where a line ends
   * let a third smuggle commands between them. `lf-or-crlf` is for peers that must be forgiven. Default `crlf`.
   */
  readonly delimiter?: "crlf" | "lf-or-crlf" | undefined;
  /** The longest line, without its ending. Default 16,384, as Twisted has it. */
  readonly lineOctetsMax?: number | undefined;
}

/** Takes a stream apart into lines; each comes without its ending. */
export class LineReader extends FrameReader {
  readonly #isStrict: boolean;
  readonly #lineOctetsMax: number;
  /** Octets at the front that were searched and hold no LF. */
  #searched = 0;

  constructor(options: LineReaderOptions = {}) {
    super();
    this.#isStrict = (options.delimiter ?? "crlf") === "crlf";
    this.#lineOctetsMax = options.lineOctetsMax ?? 16_384;
  }

  override readRaw(octetsMax?: number): Uint8Array | undefined {
    this.#searched = 0;
    return super.readRaw(octetsMax);
  }

  protected override takeFrame(): Uint8Array | undefined {
    const lineFeed = this.buffer.indexOf(LF, this.#searched);
    const endsAt = lineFeed === -1 ? this.buffer.octets : lineFeed;
    const hasReturn = endsAt > 0 && this.buffer.at(endsAt - 1) === CR;
    const octets = hasReturn ? endsAt - 1 : endsAt;
    if (octets > this.#lineOctetsMax) throw tooLong(this.#lineOctetsMax);
    this.#searched = endsAt;
    if (lineFeed === -1) return undefined;
    const line = this.buffer.peek(octets);
    if (this.#isStrict && !(hasReturn && line.indexOf(CR) === -1)) throw bareEnding();
    this.buffer.skip(lineFeed + 1);
    this.#searched = 0;
    return line;
  }
}

/** Ends a line with CRLF. @throws {TypeError} when CR, LF or NUL would let the text say more than one line */
export function encodeLine(text: string): Uint8Array {
  if (/[\r\n\0]/.test(text)) throw new TypeError("Cannot encode a line: it has CR, LF or NUL inside");
  return Buffer.from(`${text}\r\n`);
}

function tooLong(lineOctetsMax: number): FramingError {
  return new FramingError("line-too-long", `Cannot read a line: it is longer than ${lineOctetsMax} octets`);
}

function bareEnding(): FramingError {
  return new FramingError("bare-line-ending", "Cannot read a line: CR and LF do not stand together");
}

const CR = 0x0d;
const LF = 0x0a;
