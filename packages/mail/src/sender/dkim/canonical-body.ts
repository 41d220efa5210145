import type { DkimCanonicalization } from "./words.ts";

/**
 * Brings a body into the form that is signed (RFC 6376 §3.4.3, §3.4.4), as it passes by: what comes out does not depend on
 * where the chunks are cut. Lines that end with LF alone end with CRLF; a CR alone is a character like others.
 */
export class DkimBodyCanonicalizer {
  readonly #isRelaxed: boolean;
  readonly #emit: (octets: Uint8Array) => void;
  readonly #out = Buffer.allocUnsafe(outOctets);
  #length = 0;
  /** The last octet was a CR, and the next decides. */
  #isCarriage = false;
  /** Space that counts once something stands behind it on its line. */
  #isSpaced = false;
  /** Line ends that count once something stands behind them. */
  #lineEnds = 0;
  #isEmpty = true;

  /** @param emit gets octets that are written over afterwards */
  constructor(kind: DkimCanonicalization, emit: (octets: Uint8Array) => void) {
    this.#isRelaxed = kind === "relaxed";
    this.#emit = emit;
  }

  receive(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const end = this.#isCarriage ? at : this.#runEnd(chunk, at);
      if (end > at) this.#run(chunk, at, end);
      else this.#octet(chunk[at]!);
      at = Math.max(end, at + 1);
    }
  }

  /** The body is over: one line end stands behind the last line. An empty one is a line end when it is simple, and nothing when relaxed. */
  end(): void {
    if (this.#isCarriage) this.#content(carriageReturn);
    if (!this.#isEmpty || !this.#isRelaxed) this.#lineEnd();
    this.#flush();
  }

  /** Where that ends which is in its form already: most lines, with what parts them. Nothing is read beyond the chunk: that is slow. */
  #runEnd(chunk: Uint8Array, from: number): number {
    const isContent = this.#isRelaxed ? relaxedContent : simpleContent;
    const last = chunk.length - 2;
    let at = from;
    while (at < chunk.length && isContent[chunk[at]!] === 1) {
      do at++;
      while (at < chunk.length && isContent[chunk[at]!] === 1);
      if (at >= last) return at;
      if (chunk[at] === space && isContent[chunk[at + 1]!] === 1) at++;
      else if (chunk[at] === carriageReturn && chunk[at + 1] === lineFeed && isContent[chunk[at + 2]!] === 1) at += 2;
    }
    return at;
  }

  #run(chunk: Uint8Array, from: number, to: number): void {
    this.#beforeContent();
    if (to - from > outOctets / 2) {
      this.#flush();
      this.#emit(chunk.subarray(from, to));
    } else {
      if (this.#length + to - from > outOctets) this.#flush();
      this.#out.set(chunk.subarray(from, to), this.#length);
      this.#length += to - from;
    }
  }

  #octet(octet: number): void {
    if (this.#isCarriage) {
      this.#isCarriage = false;
      if (octet !== lineFeed) this.#content(carriageReturn);
    }
    if (octet === lineFeed) {
      this.#isSpaced = false;
      this.#lineEnds++;
    } else if (octet === carriageReturn) this.#isCarriage = true;
    else if (this.#isRelaxed && (octet === space || octet === tab)) this.#isSpaced = true;
    else this.#content(octet);
  }

  #content(octet: number): void {
    this.#beforeContent();
    this.#put(octet);
  }

  /** What was held back stands before something now. */
  #beforeContent(): void {
    this.#isEmpty = false;
    while (this.#lineEnds > 0) {
      this.#lineEnds--;
      this.#lineEnd();
    }
    if (this.#isSpaced) this.#put(space);
    this.#isSpaced = false;
  }

  #lineEnd(): void {
    this.#put(carriageReturn);
    this.#put(lineFeed);
  }

  #put(octet: number): void {
    if (this.#length === outOctets) this.#flush();
    this.#out[this.#length++] = octet;
  }

  #flush(): void {
    if (this.#length > 0) this.#emit(this.#out.subarray(0, this.#length));
    this.#length = 0;
  }
}

/** As much as is hashed at once: less costs calls, more costs memory. */
const outOctets = 8192;

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

/** Octets that stay as they are, wherever they stand. */
const simpleContent = contentTable([lineFeed, carriageReturn]);
const relaxedContent = contentTable([lineFeed, carriageReturn, space, tab]);

function contentTable(others: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, octet) => (others.includes(octet) ? 0 : 1));
}
