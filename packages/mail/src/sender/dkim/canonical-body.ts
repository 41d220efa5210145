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
    for (let at = 0; at < chunk.length; at++) this.#octet(chunk[at]!);
  }

  /** The body is over: one line end stands behind the last line. An empty one is a line end when it is simple, and nothing when relaxed. */
  end(): void {
    if (this.#isCarriage) this.#content(carriageReturn);
    if (!this.#isEmpty || !this.#isRelaxed) this.#lineEnd();
    this.#flush();
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
    this.#isEmpty = false;
    while (this.#lineEnds > 0) {
      this.#lineEnds--;
      this.#lineEnd();
    }
    if (this.#isSpaced) {
      this.#isSpaced = false;
      this.#put(space);
    }
    this.#put(octet);
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
