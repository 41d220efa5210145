import { hashKey } from "../../name/suffix-hashes.ts";

/** The fewest bits for each name: then one question in eight for a name that is not there is not told by its bit. */
const bitsPerName = 8;
const bitsMin = 256;

/**
 * Tells most names that a zone has not by a bit for the hash of each that it has: questions for names that somebody made up,
 * of which no two are the same, find no table that knows them. What is taken away stays until the bits become too few.
 */
export class NameFilter {
  #words = new Int32Array(bitsMin / 32);
  #count = 0;

  /** @param names all names with this one, for when more bits are wanted */
  add(key: string, names: ReadonlyMap<string, unknown>): void {
    if (++this.#count * bitsPerName > this.#words.length * 32) this.#begin(names);
    this.#set(hashKey(key));
  }

  /** `false`: no name has this hash. */
  mayHave(hash: number): boolean {
    return (this.#words[this.#wordOf(hash)]! & (1 << hash)) !== 0;
  }

  #begin(names: ReadonlyMap<string, unknown>): void {
    let bits = bitsMin;
    while (bits < 2 * bitsPerName * names.size) bits *= 2;
    this.#words = new Int32Array(bits / 32);
    this.#count = names.size;
    for (const key of names.keys()) this.#set(hashKey(key));
  }

  #set(hash: number): void {
    this.#words[this.#wordOf(hash)]! |= 1 << hash;
  }

  #wordOf(hash: number): number {
    return (hash >>> 5) & (this.#words.length - 1);
  }
}
