/** How a message is written for programs and files of Unix. */
export interface UnixLinesOptions {
  /** Lines that begin with `From `, behind any number of `>`, get one `>` more, as mboxrd has it. */
  readonly quotesFrom: boolean;
}

/** Turns lines that end with CRLF into lines that end with LF, and ends the last one. A CR elsewhere stays. */
export async function* unixLines(
  content: AsyncIterable<Uint8Array>,
  { quotesFrom }: UnixLinesOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const lines = new UnixLines(quotesFrom);
  for await (const chunk of content) {
    const written = lines.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    if (written.length > 0) yield written;
  }
  yield lines.end();
}

class UnixLines {
  readonly #quotesFrom: boolean;
  /** What has no line end yet, and of which too little is known. */
  #rest: Buffer = Buffer.alloc(0);
  /** The line has begun with what was written before. */
  #isWithin = false;

  constructor(quotesFrom: boolean) {
    this.#quotesFrom = quotesFrom;
  }

  write(chunk: Buffer): Buffer {
    const all = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = all.lastIndexOf(10) + 1;
    const pieces = this.#lines(all.subarray(0, end));
    this.#rest = all.subarray(end);
    if (this.#rest.length > lineKeptOctets) {
      // The last octet waits: it may be the CR of a CRLF.
      pieces.push(...this.#begun(this.#rest.subarray(0, -1)));
      this.#rest = this.#rest.subarray(-1);
    }
    return Buffer.concat(pieces);
  }

  end(): Buffer {
    const isEnded = this.#rest.length === 0 && !this.#isWithin;
    return isEnded ? this.#rest : Buffer.concat(this.#lines(Buffer.concat([this.#rest, lineFeed])));
  }

  #lines(octets: Buffer): Buffer[] {
    const pieces: Buffer[] = [];
    for (let at = 0; at < octets.length; ) {
      const end = octets.indexOf(10, at) + 1;
      const hasReturn = end - at >= 2 && octets[end - 2] === 13;
      pieces.push(...this.#begun(octets.subarray(at, hasReturn ? end - 2 : end - 1)), lineFeed);
      this.#isWithin = false;
      at = end;
    }
    return pieces;
  }

  /** A line, or the beginning of one that is very long. */
  #begun(octets: Buffer): Buffer[] {
    const isStart = !this.#isWithin;
    this.#isWithin = true;
    const mayBeFrom = isStart && this.#quotesFrom && (octets[0] === 0x46 || octets[0] === 0x3e);
    return mayBeFrom && /^>*From /.test(octets.toString("latin1", 0, lineKeptOctets))
      ? [quotationMark, octets]
      : [octets];
  }
}

/** Octets of a line that are looked at as one: nobody writes more `>` before a `From `. */
const lineKeptOctets = 1_000;

const lineFeed = Buffer.from("\n");
const quotationMark = Buffer.from(">");
