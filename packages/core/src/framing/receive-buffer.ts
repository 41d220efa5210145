/**
 * Octets that arrived and were not yet used, as one contiguous piece.
 *
 * A chunk that arrives when nothing is held is kept as it is, without a copy; only what arrives behind a remainder is
 * copied, into room that doubles. So the work is linear however the network cuts, and every search is one native call.
 * What was handed out is never written to again.
 */
export class ReceiveBuffer {
  #storage: Buffer = nothing;
  #start = 0;
  #end = 0;

  /** How many octets are held. */
  get octets(): number {
    return this.#end - this.#start;
  }

  /** Where the octets held lie, for a scanner that reads in place: in {@link storage}, from here to {@link end}. */
  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** Must not be changed, and is another one after the next {@link push}. */
  get storage(): Buffer {
    return this.#storage;
  }

  /** Keeps a chunk. It must not be changed afterwards. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.octets === 0) this.#adopt(chunk);
    else this.#append(chunk);
  }

  /** The octet at an offset from the first one held; `undefined` behind the last. */
  at(offset: number): number | undefined {
    return offset < this.octets ? this.#storage[this.#start + offset] : undefined;
  }

  /** Where an octet, or a sequence of octets, is first found at or after `from`; -1 when it is not there. */
  indexOf(wanted: number | Uint8Array, from = 0): number {
    // Never behind what is held: an octet that comes at a time would have the room behind it searched each time.
    if (this.#end < this.#storage.length) return this.#held().indexOf(wanted, from);
    const found = this.#storage.indexOf(wanted, this.#start + from);
    return found === -1 ? -1 : found - this.#start;
  }

  /** The first `count` octets, which stay. @throws {RangeError} when fewer are held */
  peek(count: number): Uint8Array {
    this.#checkHeld(count);
    if (this.#start === 0 && count === this.#storage.length) return this.#storage; // a whole chunk, as it came
    return new Uint8Array(this.#storage.buffer, this.#storage.byteOffset + this.#start, count);
  }

  /** The first `count` octets (default: all), which go. @throws {RangeError} when fewer are held */
  take(count: number = this.octets): Uint8Array {
    const taken = this.peek(count);
    this.#advance(count);
    return taken;
  }

  /** Like {@link take}, as text whose every character is one octet. */
  takeLatin1(count: number = this.octets): string {
    const text = this.peekLatin1(count);
    this.#advance(count);
    return text;
  }

  /** Like {@link peek}, as text whose every character is one octet. */
  peekLatin1(count: number): string {
    this.#checkHeld(count);
    return this.#storage.latin1Slice(this.#start, this.#start + count);
  }

  /** Drops the first `count` octets. @throws {RangeError} when fewer are held */
  skip(count: number): void {
    this.#checkHeld(count);
    this.#advance(count);
  }

  #held(): Buffer {
    return this.#storage.subarray(this.#start, this.#end);
  }

  #adopt(chunk: Uint8Array): void {
    this.#storage = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#start = 0;
    this.#end = chunk.length;
  }

  #append(chunk: Uint8Array): void {
    const needed = this.octets + chunk.length;
    // A chunk of somebody else's ends where its storage ends: it has no room behind it, and is never written to.
    if (this.#end + chunk.length > this.#storage.length) this.#move(Math.max(2 * needed, roomMin));
    this.#storage.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Moves what is held to new storage. Never within the old: slices of it are in other hands. */
  #move(room: number): void {
    const storage = Buffer.allocUnsafeSlow(room);
    storage.set(this.#held());
    this.#end = this.octets;
    this.#start = 0;
    this.#storage = storage;
  }

  #advance(count: number): void {
    this.#start += count;
    if (this.#start < this.#end) return;
    this.#storage = nothing; // so that an idle connection keeps no memory
    this.#start = 0;
    this.#end = 0;
  }

  #checkHeld(count: number): void {
    if (count >= 0 && count <= this.octets) return;
    throw new RangeError(`Cannot take ${count} octets: ${this.octets} are held`);
  }
}

// Buffer has had it since Node 0.x, and `toString("latin1", …)` only finds its way to it more slowly.
declare global {
  interface Buffer {
    latin1Slice(start: number, end: number): string;
  }
}

const nothing = Buffer.alloc(0);
const roomMin = 256;
