import { gathered } from "./data-reader.ts";

/** Where the writer stands. */
const inLine = 0;
const lineStart = 1;
const afterReturn = 2;

/**
 * Makes a message fit for DATA or BDAT, piece by piece: every CR or LF that stands alone becomes CRLF, so that no server
 * can see another end of a line than we do; for DATA a dot that begins a line is doubled (RFC 5321 §4.5.2).
 */
export class SmtpDataWriter {
  readonly #hasDots: boolean;
  #state = lineStart;
  #from = 0;
  #pieces: Uint8Array[] = [];
  /** An octet beyond US-ASCII has come. */
  isEightBit = false;

  /** @param hasDots true for DATA, false for BDAT */
  constructor(hasDots: boolean) {
    this.#hasDots = hasDots;
  }

  /** @returns what to send for this chunk */
  write(chunk: Uint8Array): readonly Uint8Array[] {
    this.#pieces = [];
    this.#from = 0;
    for (let at = 0; at < chunk.length; ) at = this.#step(chunk, at);
    this.#emit(chunk, chunk.length);
    return gathered(this.#pieces);
  }

  /** What ends the message: its last line, where that is open, and the dot. */
  end(): Uint8Array {
    const line = this.#state === inLine ? "\r\n" : this.#state === afterReturn ? "\n" : "";
    return Buffer.from(this.#hasDots ? `${line}.\r\n` : line);
  }

  #step(chunk: Uint8Array, start: number): number {
    const octet = chunk[start]!;
    if (this.#state === afterReturn) {
      if (octet !== LF) this.#insert(chunk, start, feed);
      this.#state = lineStart;
      return octet === LF ? start + 1 : start;
    }
    if (this.#state === lineStart && octet === DOT && this.#hasDots) {
      this.#emit(chunk, start + 1);
      this.#from = start; // once more
      this.#state = inLine;
      return start + 1;
    }
    return this.#line(chunk, start);
  }

  /** The rest of a line. */
  #line(chunk: Uint8Array, start: number): number {
    let at = start;
    let seen = 0;
    for (; at < chunk.length; at++) {
      const octet = chunk[at]!;
      if (octet === CR || octet === LF) break;
      seen |= octet;
    }
    if (seen > 127) this.isEightBit = true;
    if (at > start) this.#state = inLine;
    if (at === chunk.length) return at;
    if (chunk[at] === CR) {
      this.#state = afterReturn;
      return at + 1;
    }
    this.#insert(chunk, at, lineEnd);
    this.#from = at + 1;
    this.#state = lineStart;
    return at + 1;
  }

  #insert(chunk: Uint8Array, at: number, octets: Uint8Array): void {
    this.#emit(chunk, at);
    this.#pieces.push(octets);
  }

  #emit(chunk: Uint8Array, end: number): void {
    if (end > this.#from) this.#pieces.push(chunk.subarray(this.#from, end));
    this.#from = end;
  }
}

const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
const feed: Uint8Array = Uint8Array.of(LF);
const lineEnd: Uint8Array = Uint8Array.of(CR, LF);
