import { checkOctets } from "./faults.ts";
import { FileError, type FileStat } from "./tree.ts";

/** A file of a memory tree. It lives as long as a directory or an open file holds it. */
export interface MemoryFileNode {
  readonly kind: "file";
  readonly identity: string;
  /** The first `octets` octets are the file; the rest is room to grow. */
  content: Uint8Array;
  octets: number;
  mode: number;
  modified: number;
  /** Names in directories, and open files, that hold it. */
  holders: number;
}

/** A directory of a memory tree. */
export interface MemoryDirectoryNode {
  readonly kind: "directory";
  readonly identity: string;
  readonly entries: Map<string, MemoryNode>;
  mode: number;
  modified: number;
}

/** Whatever a name in a directory can mean. */
export type MemoryNode = MemoryFileNode | MemoryDirectoryNode;

/** What a memory tree and all trees below it share: the root, the clock, the numbering, and the room that is left. */
export class MemoryVolume {
  readonly root: MemoryDirectoryNode;
  readonly now: () => number;
  readonly #octetsMax: number;
  #octetsUsed = 0;
  #identities = 0;

  constructor(now: () => number, octetsMax: number) {
    this.now = now;
    this.#octetsMax = octetsMax;
    this.root = this.makeDirectory();
  }

  makeFile(mode = 0o666): MemoryFileNode {
    const identity = this.#nextIdentity();
    return { kind: "file", identity, content: nothing, octets: 0, mode, modified: this.now(), holders: 0 };
  }

  makeDirectory(): MemoryDirectoryNode {
    return {
      kind: "directory",
      identity: this.#nextIdentity(),
      entries: new Map(),
      mode: 0o777,
      modified: this.now(),
    };
  }

  put(directory: MemoryDirectoryNode, name: string, node: MemoryNode): void {
    const old = directory.entries.get(name);
    if (node.kind === "file") node.holders++;
    directory.entries.set(name, node);
    directory.modified = this.now();
    if (old !== undefined) this.release(old);
  }

  take(directory: MemoryDirectoryNode, name: string): void {
    const old = directory.entries.get(name);
    directory.entries.delete(name);
    directory.modified = this.now();
    if (old !== undefined) this.release(old);
  }

  /** One holder less; the room of a file that nobody holds is free again. */
  release(node: MemoryNode): void {
    if (node.kind === "file" && --node.holders === 0) this.#octetsUsed -= node.octets;
  }

  write(file: MemoryFileNode, offset: number, chunk: Uint8Array): void {
    if (offset + chunk.length > file.octets) this.resize(file, offset + chunk.length);
    file.content.set(chunk, offset);
    file.modified = this.now();
  }

  /** Cuts a file, or lengthens it with zeros. Capacity doubles, so that a file written in pieces is not copied for each. */
  resize(file: MemoryFileNode, octets: number): void {
    checkOctets(octets);
    const used = this.#octetsUsed + octets - file.octets;
    if (used > this.#octetsMax) throw new FileError("no-space", "Cannot write: the memory tree is full");
    if (octets > file.content.length) {
      const room = new Uint8Array(Math.min(Math.max(octets, 2 * file.content.length), this.#octetsMax));
      room.set(file.content.subarray(0, file.octets));
      file.content = room;
    }
    if (octets < file.octets) file.content.fill(0, octets, file.octets);
    file.octets = octets;
    file.modified = this.now();
    this.#octetsUsed = used;
  }

  #nextIdentity(): string {
    return String(++this.#identities);
  }
}

/** What `stat` tells of a node. */
export function memoryStat(node: MemoryNode): FileStat {
  const octets = node.kind === "file" ? node.octets : 0;
  return { kind: node.kind, octets, modified: node.modified, identity: node.identity, mode: node.mode };
}

const nothing = new Uint8Array(0);
