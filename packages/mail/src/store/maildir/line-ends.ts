const lineFeed = 10;
const carriageReturn = 13;

/**
 * Takes CRLF to LF, chunk by chunk, as mail lies in a Maildir. What would not come back as it was is told beforehand by
 * {@link hasOddFeed}: such a message is kept as it is.
 */
export class ToLineFeeds {
  /** The last octet was a carriage return, which is held back until it is known what follows. */
  #holdsReturn = false;
  /** So was the one before it. */
  #twoReturns = false;

  /** Whether a line feed in the next chunk comes without a carriage return before it, or with two. */
  hasOddFeed(chunk: Uint8Array): boolean {
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, at + 1))
      if (!this.#isReturn(chunk, at - 1) || this.#isReturn(chunk, at - 2)) return true;
    return false;
  }

  #isReturn(chunk: Uint8Array, at: number): boolean {
    if (at >= 0) return chunk[at] === carriageReturn;
    return at === -1 ? this.#holdsReturn : this.#twoReturns;
  }

  /** The next chunk, which has no odd feed. */
  convert(chunk: Uint8Array): Uint8Array {
    if (chunk.length === 0) return chunk;
    const pieces: Uint8Array[] = [];
    if (this.#holdsReturn && chunk[0] !== lineFeed) pieces.push(returnAlone);
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, at + 1)) {
      if (at > 0) pieces.push(chunk.subarray(from, at - 1));
      from = at;
    }
    this.#twoReturns = this.#isReturn(chunk, chunk.length - 1) && this.#isReturn(chunk, chunk.length - 2);
    this.#holdsReturn = chunk[chunk.length - 1] === carriageReturn;
    pieces.push(chunk.subarray(from, this.#holdsReturn ? -1 : undefined));
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  /** What was held back. */
  end(): Uint8Array {
    const held = this.#holdsReturn ? returnAlone : nothing;
    this.#holdsReturn = false;
    return held;
  }
}

/** Takes LF to CRLF, chunk by chunk; CRLF stays. */
export class ToNetworkLines {
  #endsWithReturn: boolean;

  /** @param endsWithReturn whether the octet before the first chunk is a carriage return */
  constructor(endsWithReturn = false) {
    this.#endsWithReturn = endsWithReturn;
  }

  get endsWithReturn(): boolean {
    return this.#endsWithReturn;
  }

  convert(chunk: Uint8Array): Uint8Array {
    const octets = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (!this.#endsWithReturn && octets.indexOf(carriageReturn) === -1) return withAllReturns(octets);
    const missing = this.#returnsMissing(chunk);
    const endedWithReturn = this.#endsWithReturn;
    if (chunk.length > 0) this.#endsWithReturn = chunk[chunk.length - 1] === carriageReturn;
    return missing === 0 ? chunk : withReturns(chunk, missing, endedWithReturn);
  }

  #returnsMissing(chunk: Uint8Array): number {
    let count = 0;
    let before = this.#endsWithReturn ? carriageReturn : 0;
    for (let at = 0; at < chunk.length; at++) {
      const octet = chunk[at]!;
      if (octet === lineFeed && before !== carriageReturn) count++;
      before = octet;
    }
    return count;
  }
}

/** There is none yet, as is usual: to take text apart at its line feeds takes half as long as to look at each octet. */
function withAllReturns(octets: Buffer): Uint8Array {
  const lines = octets.latin1Slice(0, octets.length).split("\n");
  return lines.length === 1 ? octets : Buffer.from(lines.join("\r\n"), "latin1");
}

/** Octet by octet: lines are so short that a call for each costs more. */
function withReturns(chunk: Uint8Array, missing: number, endedWithReturn: boolean): Uint8Array {
  const whole = Buffer.allocUnsafe(chunk.length + missing);
  let before = endedWithReturn ? carriageReturn : 0;
  let to = 0;
  for (let at = 0; at < chunk.length; at++) {
    const octet = chunk[at]!;
    if (octet === lineFeed && before !== carriageReturn) whole[to++] = carriageReturn;
    whole[to++] = octet;
    before = octet;
  }
  return whole;
}

const nothing = new Uint8Array(0);
const returnAlone = Uint8Array.of(carriageReturn);
