import { FrameReader } from "./frame-reader.ts";
import { type LineDelimiter, LineSearch } from "./line-search.ts";

/** What ends a line. */
export interface LineReaderOptions {
  /**
   * `crlf` insists on CRLF and refuses a CR or LF that stands alone: two programs that disagree about where a line ends
   * let a third smuggle commands between them. `lf-or-crlf` is for peers that must be forgiven. Default `crlf`.
   */
  readonly delimiter?: LineDelimiter | undefined;
  /** The longest line, without its ending. Default 16,384, as Twisted has it. */
  readonly lineOctetsMax?: number | undefined;
}

/** Takes a stream apart into lines; each comes without its ending. */
export class LineReader extends FrameReader {
  readonly #search: LineSearch;

  constructor({ lineOctetsMax = 16_384, delimiter = "crlf" }: LineReaderOptions = {}) {
    super();
    this.#search = new LineSearch(lineOctetsMax, delimiter);
  }

  override readRaw(octetsMax?: number): Uint8Array | undefined {
    this.#search.restart();
    return super.readRaw(octetsMax);
  }

  protected override takeFrame(): Uint8Array | undefined {
    return this.#search.take(this.buffer);
  }
}

/** Ends a line with CRLF. @throws {TypeError} when CR, LF or NUL would let the text say more than one line */
export function encodeLine(text: string): Uint8Array {
  if (/[\r\n\0]/.test(text)) throw new TypeError("Cannot encode a line: it has CR, LF or NUL inside");
  return Buffer.from(`${text}\r\n`);
}
