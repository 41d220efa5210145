import { dnsCompressionEntriesMax } from "../limits.ts";

/** A pointer has fourteen bits (RFC 1035 §4.1.4). */
export const pointableMax = 0x3fff;
const slotCount = 2 * dnsCompressionEntriesMax;
/** Places that are looked at before a name counts as new: names chosen to collide cost no more than others. */
const probesMax = 8;

/**
 * Where names stand in a message that is being written. A table of hashes, compared with the message itself; spelling counts,
 * so that every name comes out as it was put in.
 */
export class NameTable {
  readonly #hashes = new Int32Array(slotCount);
  /** Offset in the message; 0 for an empty slot, since no name stands in the header. */
  readonly #offsets = new Uint16Array(slotCount);
  readonly #used = new Uint16Array(dnsCompressionEntriesMax);
  #count = 0;

  /** Forgets all names, in as many steps as there are. */
  clear(): void {
    this.truncate(0);
  }

  /** How many names are known; give it to {@link NameTable.truncate} to forget those that come after. */
  get size(): number {
    return this.#count;
  }

  /** Forgets the youngest names. Slots are emptied in reverse, so chains of probes stay whole. */
  truncate(size: number): void {
    while (this.#count > size) this.#offsets[this.#used[--this.#count]!] = 0;
  }

  /** Where the end of a name that begins at `from` stands already; 0 when nowhere. */
  find(hash: number, octets: Uint8Array, base: number, wire: string, from: number): number {
    for (let probe = 0; probe < probesMax; probe++) {
      const slot = (hash + probe) & (slotCount - 1);
      const offset = this.#offsets[slot]!;
      if (offset === 0) return 0;
      if (this.#hashes[slot] === hash && isWrittenAt(octets, base, offset, wire, from)) return offset;
    }
    return 0;
  }

  /** Remembers a name that is about to be written at `offset`, if there is room and a pointer reaches it. */
  add(hash: number, offset: number): void {
    if (offset > pointableMax || this.#count === dnsCompressionEntriesMax) return;
    for (let probe = 0; probe < probesMax; probe++) {
      const slot = (hash + probe) & (slotCount - 1);
      if (this.#offsets[slot] !== 0) continue;
      this.#hashes[slot] = hash;
      this.#offsets[slot] = offset;
      this.#used[this.#count++] = slot;
      return;
    }
  }
}

/** Follows our own pointers, which lead backwards. */
function isWrittenAt(octets: Uint8Array, base: number, offset: number, wire: string, from: number): boolean {
  let at = base + offset;
  for (let i = from; i < wire.length; i++, at++) {
    while (octets[at]! >= 0xc0 && isLabelStart(wire, from, i))
      at = base + (((octets[at]! & 0x3f) << 8) | octets[at + 1]!);
    if (octets[at] !== wire.charCodeAt(i)) return false;
  }
  return true;
}

function isLabelStart(wire: string, from: number, index: number): boolean {
  let at = from;
  while (at < index) at += wire.charCodeAt(at) + 1;
  return at === index;
}
