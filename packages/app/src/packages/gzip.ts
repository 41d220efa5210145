import { constants, crc32, deflateRawSync } from "node:zlib";

/**
 * Compresses a stream with a header that says nothing of time or system (RFC 1952 §2.3), a block at a time, and keeps
 * the result. Every block ends on an octet and refers to none before it, so the whole is one stream that every reader
 * takes, and the same input gives the same octets however it was cut (with the same zlib).
 */
export class GzipBuilder {
  readonly #level: number;
  readonly #compressed: Uint8Array[] = [header];
  #block: Uint8Array = new Uint8Array(blockOctets);
  #used = 0;
  #octets = 0;
  #crc = 0;

  /** @param level 1 to 9, default 6 */
  constructor(level: number = 6) {
    this.#level = level;
  }

  /** How many octets were given to {@link add}. */
  get octets(): number {
    return this.#octets;
  }

  add(chunk: Uint8Array): void {
    this.#octets += chunk.length;
    this.#crc = crc32(chunk, this.#crc);
    for (let from = 0; from < chunk.length; ) {
      const part = chunk.subarray(from, from + blockOctets - this.#used);
      this.#block.set(part, this.#used);
      this.#used += part.length;
      from += part.length;
      if (this.#used === blockOctets) this.#deflate(constants.Z_FULL_FLUSH);
    }
  }

  /** The whole stream, in pieces. Nothing may be added afterwards. */
  finish(): readonly Uint8Array[] {
    this.#deflate(constants.Z_FINISH);
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(this.#crc, 0);
    trailer.writeUInt32LE(this.#octets % 2 ** 32, 4);
    return [...this.#compressed, trailer];
  }

  #deflate(finishFlush: number): void {
    this.#compressed.push(deflateRawSync(this.#block.subarray(0, this.#used), { level: this.#level, finishFlush }));
    this.#used = 0;
  }
}

/** Compresses a small file whole, as hard as zlib can: what Debian Policy §12.7 asks of a changelog. */
export function gzipWhole(octets: Uint8Array): Uint8Array {
  const builder = new GzipBuilder(9);
  builder.add(octets);
  return Buffer.concat(builder.finish());
}

/** Large enough that blocks without a common past cost nothing, small enough that the loop turns in between. */
const blockOctets = 1024 * 1024;

/** Deflate, no flags, no time, compressed hard, UNIX. */
const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3);
