import { ImapProtocolError } from "../errors.ts";

/** How far back a copy may reach (RFC 1951 §3.2.5). */
const windowOctets = 32_768;

/** So much is unpacked before it is given: what comes is unpacked as it is read, so that a bomb fills nothing. */
const pieceOctets = 16_384;

/** Code lengths of symbols, made ready to be read: how many there are of each length, and the symbols in their order. */
interface Codes {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

/**
 * Unpacks DEFLATE as it comes (RFC 1951), at any cut of its octets, without a thread or a turn of the event loop: so a machine can
 * use it, and a simulation run it.
 */
export class InflateStream {
  readonly #chunks: Uint8Array[] = [];
  #at = 0;
  #bits = 0;
  #bitCount = 0;
  readonly #out: Buffer = Buffer.alloc(2 * windowOctets + 2 * pieceOctets);
  /** What is unpacked and not given lies between them; before it lies what copies reach back to. */
  #start = 0;
  #end = 0;
  readonly #steps: Iterator<void, void> = this.#run();

  push(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#chunks.push(chunk);
  }

  /** The next octets; `undefined`: more must come. @throws {ImapProtocolError} `bad-syntax` */
  read(): Uint8Array | undefined {
    this.#steps.next();
    if (this.#end === this.#start) return undefined;
    const piece = Uint8Array.from(this.#out.subarray(this.#start, this.#end));
    if (this.#end > windowOctets + pieceOctets) {
      this.#out.copyWithin(0, this.#end - windowOctets, this.#end);
      this.#end = windowOctets;
    }
    this.#start = this.#end;
    return piece;
  }

  /** Stops wherever octets are missing, or a piece is full, and goes on from there. */
  *#run(): Generator<void, void> {
    for (let isLast = false; !isLast; ) {
      while (!this.#has(3)) yield;
      isLast = this.#take(1) === 1;
      const type = this.#take(2);
      if (type === 0) yield* this.#stored();
      else if (type === 1) yield* this.#packed(fixedLiterals, fixedDistances);
      else if (type === 2) yield* this.#dynamic();
      else throw broken();
    }
  }

  *#stored(): Generator<void, void> {
    this.#take(this.#bitCount & 7);
    while (!this.#has(16)) yield;
    const length = this.#take(16);
    while (!this.#has(16)) yield;
    if (this.#take(16) !== (length ^ 0xffff)) throw broken();
    for (let left = length; left > 0; left--) {
      while (this.#isFull || !this.#has(8)) yield;
      this.#out[this.#end++] = this.#take(8);
    }
  }

  *#dynamic(): Generator<void, void> {
    while (!this.#has(14)) yield;
    const literalCount = this.#take(5) + 257;
    const distanceCount = this.#take(5) + 1;
    const lengthCount = this.#take(4) + 4;
    const order = new Uint8Array(19);
    for (let i = 0; i < lengthCount; i++) {
      while (!this.#has(3)) yield;
      order[codeOrder[i]!] = this.#take(3);
    }
    const codes = codesOf(order);
    const lengths = new Uint8Array(320);
    for (let i = 0; i < literalCount + distanceCount; ) {
      let symbol = this.#symbol(codes);
      for (; symbol === missing; symbol = this.#symbol(codes)) yield;
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      const [extra, base, repeated] =
        symbol === 16
          ? ([2, 3, lengths[i - 1]] as const)
          : symbol === 17
            ? ([3, 3, 0] as const)
            : ([7, 11, 0] as const);
      while (!this.#has(extra)) yield;
      const count = base + this.#take(extra);
      if (repeated === undefined || i + count > literalCount + distanceCount) throw broken();
      lengths.fill(repeated, i, i + count);
      i += count;
    }
    const distances = codesOf(lengths.subarray(literalCount, literalCount + distanceCount));
    yield* this.#packed(codesOf(lengths.subarray(0, literalCount)), distances);
  }

  *#packed(literals: Codes, distances: Codes): Generator<void, void> {
    for (;;) {
      while (this.#isFull) yield;
      let symbol = this.#symbol(literals);
      for (; symbol === missing; symbol = this.#symbol(literals)) yield;
      if (symbol === 256) return;
      if (symbol < 256) {
        this.#out[this.#end++] = symbol;
        continue;
      }
      const [lengthBase, lengthBits] = lengthOf(symbol);
      while (!this.#has(lengthBits)) yield;
      const length = lengthBase + this.#take(lengthBits);
      let far = this.#symbol(distances);
      for (; far === missing; far = this.#symbol(distances)) yield;
      const [distanceBase, distanceBits] = distanceOf(far);
      while (!this.#has(distanceBits)) yield;
      this.#copy(length, distanceBase + this.#take(distanceBits));
    }
  }

  /** The copy may run into itself: it is how runs are packed. */
  #copy(length: number, distance: number): void {
    if (distance > this.#end) throw broken();
    for (let left = length; left > 0; left--, this.#end++) this.#out[this.#end] = this.#out[this.#end - distance]!;
  }

  get #isFull(): boolean {
    return this.#end - this.#start >= pieceOctets;
  }

  /** Whether so many bits are there: at most 16. */
  #has(count: number): boolean {
    while (this.#bitCount < count) {
      const [chunk] = this.#chunks;
      if (chunk === undefined) return false;
      this.#bits |= chunk[this.#at++]! << this.#bitCount;
      this.#bitCount += 8;
      if (this.#at < chunk.length) continue;
      this.#chunks.shift();
      this.#at = 0;
    }
    return true;
  }

  #take(count: number): number {
    const taken = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#bitCount -= count;
    return taken;
  }

  /** The next symbol of a code; `missing`: its bits have not all come. */
  #symbol({ counts, symbols }: Codes): number {
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length <= 15; length++) {
      if (!this.#has(length)) return missing;
      code |= (this.#bits >>> (length - 1)) & 1;
      const count = counts[length]!;
      if (code - count < first) {
        this.#take(length);
        return symbols[index + code - first]!;
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw broken();
  }
}

const missing = -1;

const codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** RFC 1951 §3.2.2. */
function codesOf(lengths: Uint8Array): Codes {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  const places = new Uint16Array(17);
  for (let length = 1; length <= 15; length++) places[length + 1] = places[length]! + counts[length]!;
  const symbols = new Uint16Array(lengths.length);
  for (const [symbol, length] of lengths.entries()) if (length !== 0) symbols[places[length]!++] = symbol;
  return { counts, symbols };
}

/** RFC 1951 §3.2.5: 257 is 3 octets; each four symbols need one bit more. */
function lengthOf(symbol: number): readonly [base: number, bits: number] {
  const i = symbol - 257;
  if (i > 28) throw broken();
  if (i < 8) return [i + 3, 0];
  if (i === 28) return [258, 0];
  const bits = (i >> 2) - 1;
  return [((4 + (i & 3)) << bits) + 3, bits];
}

function distanceOf(symbol: number): readonly [base: number, bits: number] {
  if (symbol > 29) throw broken();
  if (symbol < 4) return [symbol + 1, 0];
  const bits = (symbol >> 1) - 1;
  return [((2 + (symbol & 1)) << bits) + 1, bits];
}

/** RFC 1951 §3.2.6. */
const fixedLiterals: Codes = codesOf(
  Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
);
const fixedDistances: Codes = codesOf(new Uint8Array(30).fill(5));

function broken(): ImapProtocolError {
  return new ImapProtocolError("bad-syntax", "Cannot unpack what came: it is no DEFLATE", { section: "RFC 1951 §3.2" });
}
