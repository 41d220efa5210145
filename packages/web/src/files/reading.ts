import { FileError, type OpenFile } from "@hawser/core";
import type { HttpResolvedRange } from "../fields/range.ts";
import type { HttpRefillingBody } from "../http/response.ts";

/**
 * One read. Each is carried out by another thread, and half of that takes a tenth longer for a whole download (measured);
 * a thousand clients that stop reading hold two each, which is still less than the kernel keeps for them.
 */
const chunkOctets = 262_144;

/** Buffers that wait to be filled again, for all downloads together: at most 16 MiB. */
const spareRooms: Uint8Array[] = [];
const spareRoomsMax = 64;

/** A piece of a body: octets that stand ready, or a part of the file. */
export type FilePiece = Uint8Array | HttpResolvedRange;

/**
 * The body of an answer from an open file, which it owns: it is closed at the end, when reading fails, and when the
 * answer is dropped, begun or not. While one chunk is being sent, the next one is read.
 *
 * Whoever sends the chunks may say when those given so far are {@link taken}: their buffers are then filled again.
 * Buffers that are thrown away instead keep the collector busy for half the time of a download (measured).
 */
export class FileReading implements AsyncIterableIterator<Uint8Array>, HttpRefillingBody {
  readonly #file: OpenFile;
  readonly #pieces: FilePiece[];
  /** Where the next read in the first piece begins. */
  #offset: number | undefined;
  #ahead: Promise<Uint8Array | undefined> | undefined;
  #closing: Promise<void> | undefined;
  /** The chunks that were given and lie in buffers of ours. */
  #given: Uint8Array[] = [];
  /** Whether the chunk read last lies in one: a tree in memory gives views of its own. */
  #isOurs = false;

  constructor(file: OpenFile, pieces: readonly FilePiece[]) {
    this.#file = file;
    this.#pieces = [...pieces];
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Nobody looks any more at the chunks that were given so far. */
  taken(): void {
    const room = spareRoomsMax - spareRooms.length;
    if (room > 0) spareRooms.push(...this.#given.slice(0, room));
    this.#given = [];
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#closing !== undefined) return { done: true, value: undefined };
    try {
      const chunk = await (this.#ahead ?? this.#read());
      if (chunk === undefined) return await this.return();
      if (this.#isOurs) this.#given.push(chunk);
      this.#ahead = this.#read();
      this.#ahead.catch(ignore); // told when it is asked for
      return { done: false, value: chunk };
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.#close();
    return { done: true, value: undefined };
  }

  /** The next chunk; `undefined` at the end. Positions move before it waits, so the call after this one reads on. */
  async #read(): Promise<Uint8Array | undefined> {
    const piece = this.#pieces[0];
    this.#isOurs = false;
    if (piece === undefined) return undefined;
    if (piece instanceof Uint8Array) {
      this.#pieces.shift();
      return piece;
    }
    const from = this.#offset ?? piece.first;
    const octets = Math.min(chunkOctets, piece.last + 1 - from);
    this.#offset = from + octets > piece.last ? undefined : from + octets;
    if (this.#offset === undefined) this.#pieces.shift();
    const room = octets === chunkOctets ? (spareRooms.pop() ?? Buffer.allocUnsafeSlow(chunkOctets)) : undefined;
    const chunk = await this.#file.read(from, octets, room);
    this.#isOurs = room !== undefined && chunk.buffer === room.buffer;
    if (chunk.length < octets)
      throw new FileError("failed", "Cannot send the file: it was cut while it was being sent");
    return chunk;
  }

  /** Lets a read that is under way end first: it must not find the descriptor in other hands. */
  #close(): Promise<void> {
    this.#closing ??= (this.#ahead ?? Promise.resolve()).then(ignore, ignore).then(() => this.#file.close());
    return this.#closing;
  }
}

function ignore(): void {}
