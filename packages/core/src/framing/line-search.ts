import { FramingError } from "./errors.ts";
import type { ReceiveBuffer } from "./receive-buffer.ts";

/** What ends a line: `crlf` refuses a CR or LF that stands alone, `lf-or-crlf` forgives them. */
export type LineDelimiter = "crlf" | "lf-or-crlf";

/** Takes lines from a buffer that grows, and searches nothing twice. */
export class LineSearch {
  readonly #octetsMax: number;
  readonly #isStrict: boolean;
  /** Octets at the front that were searched and hold no LF. */
  #searched = 0;

  constructor(octetsMax: number, delimiter: LineDelimiter) {
    this.#octetsMax = octetsMax;
    this.#isStrict = delimiter === "crlf";
  }

  /** The next line, without its end; `undefined` when more octets are needed. @throws {FramingError} */
  take(buffer: ReceiveBuffer): Uint8Array | undefined {
    const lineFeed = buffer.indexOf(LF, this.#searched);
    const endsAt = lineFeed === -1 ? buffer.octets : lineFeed;
    const hasReturn = endsAt > 0 && buffer.at(endsAt - 1) === CR;
    const octets = hasReturn ? endsAt - 1 : endsAt;
    if (octets > this.#octetsMax) throw tooLong(this.#octetsMax);
    this.#searched = endsAt;
    if (lineFeed === -1) return undefined;
    const line = buffer.peek(octets);
    if (this.#isStrict && !(hasReturn && line.indexOf(CR) === -1)) throw bareEnding();
    buffer.skip(lineFeed + 1);
    this.#searched = 0;
    return line;
  }

  /** Octets were taken from the front past this search. */
  restart(): void {
    this.#searched = 0;
  }
}

function tooLong(octetsMax: number): FramingError {
  return new FramingError("line-too-long", `Cannot read a line: it is longer than ${octetsMax} octets`);
}

function bareEnding(): FramingError {
  return new FramingError("bare-line-ending", "Cannot read a line: CR and LF do not stand together");
}

const CR = 0x0d;
const LF = 0x0a;
