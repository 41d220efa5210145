import { type DomainName, nameOfWire } from "../../name/domain-name.ts";
import { latin1Of } from "../../name/octets.ts";

/**
 * Names by the million, packed: their octets one behind the other, and a table of where each begins. A lookup takes a step
 * for each label, however many names there are.
 */
export class NameSet {
  readonly #seed: number;
  #octets = new Uint8Array(65_536);
  #used = 1; // so that no name begins at 0
  /** Twice where a name begins, and one more if all names below it count; 0 is free. */
  #slots = new Uint32Array(1_024);
  #size = 0;

  /** @param seed a number that those who make lists do not know, so that they cannot make all names meet in one slot */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  get size(): number {
    return this.#size;
  }

  /** Octets of memory. */
  get octets(): number {
    return this.#octets.length + this.#slots.byteLength;
  }

  /** Adds a name by its key, and with `below` all names below it. */
  add(key: string, below: boolean): void {
    if (this.#size * 3 >= this.#slots.length * 2) this.#widen();
    const slot = this.#slotOf(this.#hash(key), key, 0);
    if (this.#slots[slot] === 0) {
      this.#slots[slot] = 2 * this.#store(key);
      this.#size++;
    }
    if (below) this.#slots[slot]! |= 1;
  }

  /** Whether the name was added, or one above it with all below. */
  holds(key: string): boolean {
    if (this.#size === 0) return false;
    const count = labelStarts(key, starts);
    let hash = this.#seed;
    for (let label = count, at = key.length; label >= 0; label--) {
      const start = label === count ? key.length - 1 : starts[label]!;
      while (at > start) hash = step(hash, key.charCodeAt(--at));
      const found = this.#slots[this.#slotOf(hash, key, start)]!;
      if (found !== 0 && (start === 0 || (found & 1) === 1)) return true;
    }
    return false;
  }

  /** Gives back the room that was kept for more. */
  trim(): void {
    this.#octets = this.#octets.slice(0, this.#used);
  }

  *[Symbol.iterator](): Generator<DomainName, void> {
    for (const slot of this.#slots) if (slot !== 0) yield nameOfWire(this.#keyAt(slot >>> 1));
  }

  /** The slot of what `key` is from `start` on, or the free one where it would be. */
  #slotOf(hash: number, key: string, start: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = mixed(hash) & mask; ; slot = (slot + 1) & mask) {
      const value = this.#slots[slot]!;
      if (value === 0 || this.#isAt(value >>> 1, key, start)) return slot;
    }
  }

  /** Names end where their labels say, so equal octets up to the key's end are an equal name. */
  #isAt(at: number, key: string, start: number): boolean {
    const octets = this.#octets;
    for (let i = start; i < key.length; i++) if (octets[at + i - start] !== key.charCodeAt(i)) return false;
    return true;
  }

  #store(key: string): number {
    const at = this.#used;
    if (at + key.length > this.#octets.length) {
      const wider = new Uint8Array(Math.min(this.#octets.length * 2, this.#octets.length + 16_777_216));
      wider.set(this.#octets);
      this.#octets = wider;
    }
    for (let i = 0; i < key.length; i++) this.#octets[at + i] = key.charCodeAt(i);
    this.#used += key.length;
    return at;
  }

  #widen(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(before.length * 2);
    const mask = this.#slots.length - 1;
    for (const value of before) {
      if (value === 0) continue;
      let slot = mixed(this.#hashAt(value >>> 1)) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = value;
    }
  }

  #keyAt(at: number): string {
    return latin1Of(this.#octets, at, this.#endOf(at));
  }

  #endOf(at: number): number {
    let end = at;
    while (this.#octets[end] !== 0) end += this.#octets[end]! + 1;
    return end + 1;
  }

  #hashAt(start: number): number {
    let hash = this.#seed;
    for (let at = this.#endOf(start); at > start; ) hash = step(hash, this.#octets[--at]!);
    return hash;
  }

  /** From the end to the beginning, so that the names above a name have their hashes on the way. */
  #hash(key: string): number {
    let hash = this.#seed;
    for (let at = key.length; at > 0; ) hash = step(hash, key.charCodeAt(--at));
    return hash;
  }
}

/** Where labels begin; a name has 127 at most (RFC 1035 §2.3.4). Used by one lookup at a time. */
const starts = new Uint8Array(128);

function labelStarts(key: string, into: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < key.length - 1; at += key.charCodeAt(at) + 1) into[count++] = at;
  return count;
}

/** A step of FNV-1a. */
function step(hash: number, octet: number): number {
  return Math.imul(hash ^ octet, 0x01000193);
}

/** All bits have a say in the lower ones. */
function mixed(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return half ^ (half >>> 13);
}
