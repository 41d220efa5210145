import type { Random } from "../random.ts";

/**
 * A stream of numbers that a seed decides: sfc32, a small fast chaotic generator, started by splitmix32.
 *
 * Each purpose takes a stream of its own with {@link fork}, so that one draw more in one place does not change what
 * all other places draw.
 */
export class SeededRandom implements Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(seed: string) {
    this.#seed = seed;
    const next = splitmix32(hash(seed));
    this.#a = next();
    this.#b = next();
    this.#c = next();
    for (let round = 0; round < 12; round += 1) this.#next();
  }

  /** The stream for one purpose. It depends on the seed and the name only, not on what was drawn before. */
  fork(purpose: string): SeededRandom {
    return new SeededRandom(`${this.#seed}/${purpose}`);
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    let word = 0;
    for (let index = 0; index < count; index += 1) {
      word = index % 4 === 0 ? this.#next() : word >>> 8;
      bytes[index] = word;
    }
    return bytes;
  }

  number(): number {
    return ((this.#next() >>> 5) * 2 ** 26 + (this.#next() >>> 6)) / 2 ** 53;
  }

  integer(low: number, high: number): number {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low >= high)
      throw new RangeError(`Cannot draw a number from ${low} to below ${high}: nothing lies between`);
    return low + Math.floor(this.number() * (high - low));
  }

  /** True as often as `probability` says; draws nothing for 0 and 1. */
  chance(probability: number): boolean {
    if (probability <= 0) return false;
    return probability >= 1 || this.number() < probability;
  }

  /** A number between two bounds. */
  between(low: number, high: number): number {
    return low === high ? low : low + this.number() * (high - low);
  }

  #next(): number {
    const result = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }
}

/** FNV-1a over UTF-16 code units: tells seeds apart, nothing more. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value;
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}
