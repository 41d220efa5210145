import type { FileHandle } from "node:fs/promises";
import { checkOctets, OpenFileGuard } from "../files/faults.ts";
import type { FileStat, OpenFile, OpenMode, TreePath } from "../files/tree.ts";
import { attempt } from "./disk-faults.ts";
import { diskStat } from "./disk-stat.ts";

/** An open file of a disk. Reads and writes are positional, so there is no shared position to fight over. */
export class DiskOpenFile implements OpenFile {
  readonly #handle: FileHandle;
  readonly #path: TreePath;
  readonly #guard: OpenFileGuard;

  constructor(handle: FileHandle, path: TreePath, mode: OpenMode) {
    this.#handle = handle;
    this.#path = path;
    this.#guard = new OpenFileGuard(mode);
  }

  async stat(): Promise<FileStat> {
    this.#guard.check();
    return diskStat(await attempt("stat", this.#path, () => this.#handle.stat({ bigint: true })));
  }

  async read(offset: number, octets: number, given?: Uint8Array): Promise<Uint8Array> {
    this.#guard.check("read");
    checkOctets(offset);
    checkOctets(octets);
    const room = octets <= trustedReadOctets ? octets : Math.min(octets, await this.#octetsAfter(offset));
    return attempt("read", this.#path, () => readAt(this.#handle, offset, room, given));
  }

  async write(offset: number, chunk: Uint8Array): Promise<void> {
    this.#guard.check("write");
    checkOctets(offset);
    await attempt("write", this.#path, () => writeAt(this.#handle, offset, chunk));
  }

  async truncate(octets: number): Promise<void> {
    this.#guard.check("write");
    checkOctets(octets);
    await attempt("truncate", this.#path, () => this.#handle.truncate(octets));
  }

  async sync(): Promise<void> {
    this.#guard.check();
    await attempt("sync", this.#path, () => this.#handle.sync());
  }

  async close(): Promise<void> {
    if (this.#guard.close()) await attempt("close", this.#path, () => this.#handle.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #octetsAfter(offset: number): Promise<number> {
    return Math.max(0, (await this.stat()).octets - offset);
  }
}

/** Reads until `octets` are there or the file ends; the kernel may give less at a time. */
export async function readAt(
  handle: FileHandle,
  offset: number,
  octets: number,
  given?: Uint8Array,
): Promise<Uint8Array> {
  const room = given !== undefined && given.length >= octets ? given.subarray(0, octets) : Buffer.allocUnsafe(octets);
  let filled = 0;
  while (filled < octets) {
    const { bytesRead } = await handle.read(room, filled, octets - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === octets ? room : room.subarray(0, filled);
}

/** Writes all of a chunk; the kernel may take less at a time. */
export async function writeAt(handle: FileHandle, offset: number, chunk: Uint8Array): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, offset + written);
    written += bytesWritten;
  }
}

/** Room that is made without asking how long the file is. */
const trustedReadOctets = 1024 * 1024;
