import { checkOctets, OpenFileGuard } from "./faults.ts";
import { type MemoryFileNode, type MemoryVolume, memoryStat } from "./memory-nodes.ts";
import type { FileStat, OpenFile, OpenMode } from "./tree.ts";

/** An open file of a memory tree. Reads are copies: later writes do not change them. */
export class MemoryOpenFile implements OpenFile {
  readonly #volume: MemoryVolume;
  readonly #file: MemoryFileNode;
  readonly #guard: OpenFileGuard;

  constructor(volume: MemoryVolume, file: MemoryFileNode, mode: OpenMode) {
    this.#volume = volume;
    this.#file = file;
    this.#guard = new OpenFileGuard(mode);
    file.holders++;
  }

  async stat(): Promise<FileStat> {
    this.#guard.check();
    return memoryStat(this.#file);
  }

  async read(offset: number, octets: number): Promise<Uint8Array> {
    this.#guard.check("read");
    checkOctets(offset);
    checkOctets(octets);
    return this.#file.content.slice(offset, Math.min(offset + octets, this.#file.octets));
  }

  async write(offset: number, chunk: Uint8Array): Promise<void> {
    this.#guard.check("write");
    checkOctets(offset);
    if (chunk.length > 0) this.#volume.write(this.#file, offset, chunk);
  }

  async truncate(octets: number): Promise<void> {
    this.#guard.check("write");
    this.#volume.resize(this.#file, octets);
  }

  async sync(): Promise<void> {
    this.#guard.check();
  }

  async close(): Promise<void> {
    if (this.#guard.close()) this.#volume.release(this.#file);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
