/** What becomes of a CR or LF that stands alone in a message: another server may take it for the end of a line, or of the message. */
export type SmtpLineEndings = "refuse" | "normalize";

/** Where the reader stands, seen from the octets before. */
const inLine = 0;
/** Behind CRLF. */
const lineStart = 1;
/** Behind a CR within a line. */
const afterReturn = 2;
/** Behind a dot that began a line. */
const afterDot = 3;
/** Behind a dot that began a line, and a CR. */
const afterDotReturn = 4;

/**
 * Takes a message out of what a client sends: dots that were doubled are single again (RFC 5321 §4.5.2), and only
 * CRLF `.` CRLF ends it, nothing that looks like it.
 */
export class SmtpDataReader {
  readonly #endings: SmtpLineEndings;
  readonly #hasDots: boolean;
  #state: number;
  #from = 0;
  /** Where the next CR and the next LF of the present chunk are, as far as they were searched: each octet is, once. */
  #return = -1;
  #feed = -1;
  #pieces: Uint8Array[] = [];
  /** The end was seen. */
  isDone = false;
  /** A CR or LF stood alone, and that is refused. */
  isBroken = false;

  /** @param hasDots false for chunks, whose end is counted (RFC 3030): then only line endings are looked at */
  constructor(endings: SmtpLineEndings, hasDots: boolean) {
    this.#endings = endings;
    this.#hasDots = hasDots;
    this.#state = hasDots ? lineStart : inLine;
  }

  /** Reads a chunk, up to the end or the fault. @returns how many octets were used */
  read(octets: Uint8Array): number {
    const chunk = asBuffer(octets); // searches natively
    this.#from = 0;
    this.#return = -1;
    this.#feed = -1;
    let at = 0;
    while (at < chunk.length && !this.isDone && !this.isBroken) at = this.#step(chunk, at);
    if (!this.isDone && this.#state !== afterDotReturn) this.#emit(chunk, at);
    return at;
  }

  /** The content of what was read since the last call. */
  take(): readonly Uint8Array[] {
    const pieces = this.#pieces;
    if (pieces.length > 0) this.#pieces = [];
    return gathered(pieces);
  }

  /** A counted message is over: a CR that waited for its LF stands alone. */
  end(): void {
    if (this.#state === afterReturn) this.#standsAlone();
    this.isDone = true;
  }

  /** Reads on to the next octet that means something. @returns where to read on */
  #step(chunk: Buffer, start: number): number {
    const at = this.#state === inLine ? this.#passLines(chunk, start) : start;
    if (at === chunk.length) return at;
    const octet = chunk[at]!;
    switch (this.#state) {
      case inLine:
        if (octet === LF) return this.#bareFeed(chunk, at);
        this.#state = afterReturn;
        return at + 1;
      case afterReturn:
        if (octet !== LF) return this.#bareReturn(chunk, at);
        this.#state = this.#hasDots ? lineStart : inLine;
        return at + 1;
      case lineStart:
        if (octet === DOT) this.#dropDot(chunk, at);
        else this.#state = inLine;
        return octet === DOT ? at + 1 : at;
      case afterDot:
        this.#state = octet === CR ? afterDotReturn : inLine;
        return octet === CR ? at + 1 : at;
      default:
        if (octet !== LF) return this.#bareReturn(chunk, at);
        this.isDone = true;
        return at + 1;
    }
  }

  /**
   * Passes over lines that end as they should and have no dot behind them, by native searches. @returns where something else
   * is: the next CR or LF, or the end
   */
  #passLines(chunk: Buffer, start: number): number {
    let cr = this.#return < start ? search(chunk, CR, start) : this.#return;
    let lf = this.#feed < start ? search(chunk, LF, start) : this.#feed;
    while (lf === cr + 1 && lf + 1 < chunk.length && chunk[lf + 1] !== DOT) {
      cr = search(chunk, CR, lf + 1);
      lf = search(chunk, LF, lf + 1);
    }
    this.#return = cr;
    this.#feed = lf;
    return Math.min(cr, lf);
  }

  #dropDot(chunk: Uint8Array, at: number): void {
    this.#emit(chunk, at);
    this.#from = at + 1;
    this.#state = afterDot;
  }

  #bareFeed(chunk: Uint8Array, at: number): number {
    this.#emit(chunk, at);
    this.#from = at + 1;
    if (this.#standsAlone()) this.#pieces.push(lineEnd);
    return at + 1;
  }

  /** The CR is in the content already, unless it followed a dot. */
  #bareReturn(chunk: Uint8Array, at: number): number {
    const isGiven = this.#state === afterReturn;
    if (isGiven) this.#emit(chunk, at);
    this.#from = at;
    if (this.#standsAlone()) this.#pieces.push(isGiven ? lineEnd.subarray(1) : lineEnd);
    this.#state = inLine;
    return at;
  }

  /** @returns whether it is forgiven */
  #standsAlone(): boolean {
    if (this.#endings === "normalize") return true;
    this.isBroken = true;
    return false;
  }

  #emit(chunk: Uint8Array, end: number): void {
    if (end > this.#from)
      this.#pieces.push(this.#from === 0 && end === chunk.length ? chunk : chunk.subarray(this.#from, end));
    this.#from = end;
  }
}

/** The same octets. */
export function asBuffer(octets: Uint8Array): Buffer {
  return Buffer.isBuffer(octets) ? octets : Buffer.from(octets.buffer, octets.byteOffset, octets.length);
}

function search(chunk: Buffer, octet: number, from: number): number {
  const found = chunk.indexOf(octet, from);
  return found === -1 ? chunk.length : found;
}

/** A message of dots is no reason to keep an object for every few octets. */
export function gathered(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  return pieces.length <= piecesMax ? pieces : [Buffer.concat(pieces)];
}

const piecesMax = 8;
const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
const lineEnd: Uint8Array = Uint8Array.of(CR, LF);
