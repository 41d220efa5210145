/**
 * Octets that arrived and were not read. While everything is read before more arrives, as is usual, chunks pass through
 * without being copied; a rest is copied once into room that doubles, so the work stays linear however the input is cut.
 */
export class ReceiveBuffer {
  octets: Buffer = empty;
  start = 0;
  end = 0;

  get length(): number {
    return this.end - this.start;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.start === this.end) {
      this.octets = chunk instanceof Buffer ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      this.start = 0;
      this.end = chunk.length;
      return;
    }
    // A chunk of somebody else's has no room behind its end, so only our own room is written to; and slices given out
    // before lie below `end`, so nobody sees it.
    if (this.end + chunk.length > this.octets.length) this.#move(chunk.length);
    this.octets.set(chunk, this.end);
    this.end += chunk.length;
  }

  /** Takes up to `max` octets, as a view. */
  take(max: number): Uint8Array {
    const taken = Math.min(max, this.length);
    const view = new Uint8Array(this.octets.buffer, this.octets.byteOffset + this.start, taken);
    this.start += taken;
    return view;
  }

  skip(count: number): void {
    this.start += Math.min(count, this.length);
  }

  /** Takes `length` octets as text, one character each. */
  takeText(length: number): string {
    const text = this.peekText(length);
    this.start += length;
    return text;
  }

  peekText(length: number): string {
    return this.octets.latin1Slice(this.start, this.start + length);
  }

  clear(): void {
    this.octets = empty;
    this.start = 0;
    this.end = 0;
  }

  #move(more: number): void {
    const room = Buffer.allocUnsafeSlow(Math.max(1024, 2 * (this.length + more)));
    room.set(this.octets.subarray(this.start, this.end), 0);
    this.end -= this.start;
    this.start = 0;
    this.octets = room;
  }
}

const empty = Buffer.alloc(0);

// Buffer has had it since Node 0.x, and `toString("latin1", …)` only finds its way to it more slowly.
declare global {
  interface Buffer {
    latin1Slice(start: number, end: number): string;
  }
}
