/** Chunks in order of arrival, taken from the front in pieces no longer than asked for. */
export class ChunkQueue {
  #chunks: Uint8Array[] = [];
  #first = 0;
  #octets = 0;

  get octets(): number {
    return this.#octets;
  }

  /** The length of the chunk in front; 0 when there is none. */
  get frontOctets(): number {
    return this.#chunks[this.#first]?.length ?? 0;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#octets += chunk.length;
  }

  /** The chunk in front, or as much of its beginning as `octetsMax` allows. Chunks are never joined. */
  take(octetsMax: number): Uint8Array {
    const chunk = this.#chunks[this.#first]!;
    const taken = chunk.length <= octetsMax ? chunk : chunk.subarray(0, octetsMax);
    this.#octets -= taken.length;
    if (taken === chunk) this.#dropFront();
    else this.#chunks[this.#first] = chunk.subarray(octetsMax);
    return taken;
  }

  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#octets = 0;
  }

  /** Moves on by index, and closes the gap when it is half of the array: constant work per chunk. */
  #dropFront(): void {
    this.#first += 1;
    if (this.#first * 2 < this.#chunks.length) return;
    this.#chunks = this.#chunks.slice(this.#first);
    this.#first = 0;
  }
}
