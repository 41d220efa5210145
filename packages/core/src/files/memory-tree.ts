import { checkFilesRead, checkOpenMode, checkPermissions, checkWholeRead, fileError, listedNames } from "./faults.ts";
import { checkedSegments } from "./guard.ts";
import { MemoryOpenFile } from "./memory-file.ts";
import {
  type MemoryDirectoryNode,
  type MemoryFileNode,
  type MemoryNode,
  MemoryVolume,
  memoryStat,
} from "./memory-nodes.ts";
import type {
  FileAttributes,
  FileBeginning,
  FileEntry,
  FileErrorCode,
  FileListOptions,
  FileRenameOptions,
  FileStat,
  FilesReadOptions,
  FileTree,
  OpenFile,
  OpenMode,
  TreePath,
} from "./tree.ts";

/** How a memory tree tells the time, and how much it holds. */
export interface MemoryTreeOptions {
  /** Milliseconds since 1970 for times of modification, such as a clock's `wall`. Default: always 0. */
  readonly now?: (() => number) | undefined;
  /** What all files together may hold; more is a `no-space` error. Default 64 MiB. */
  readonly octetsMax?: number | undefined;
}

/**
 * A tree of files in memory: complete, deterministic, and without symbolic links. For tests, for simulated worlds, and for
 * content that is made by the program itself.
 *
 * ```ts
 * const tree = memoryTree({ "index.html": "<h1>Hello</h1>", "incoming/": "" });
 * ```
 * @param initial content by path; a path that ends in `/` makes a directory
 */
export function memoryTree(
  initial: Readonly<Record<string, string | Uint8Array>> = {},
  options: MemoryTreeOptions = {},
): FileTree {
  const volume = new MemoryVolume(options.now ?? (() => 0), options.octetsMax ?? 64 * 1024 * 1024);
  for (const [path, content] of Object.entries(initial)) plant(volume, path, content);
  return new MemoryTree(volume, []);
}

class MemoryTree implements FileTree {
  readonly #volume: MemoryVolume;
  /** Where this tree's root lies in the volume; looked up each time, as on a disk. */
  readonly #base: readonly string[];

  constructor(volume: MemoryVolume, base: readonly string[]) {
    this.#volume = volume;
    this.#base = base;
  }

  async stat(path: TreePath): Promise<FileStat> {
    return memoryStat(this.#find("stat", path));
  }

  async list(path: TreePath, options?: FileListOptions): Promise<readonly FileEntry[]> {
    const directory = this.#find("list", path);
    if (directory.kind !== "directory") throw fileError("not-a-directory", "list", path);
    const names = listedNames(directory.entries.keys(), options);
    return names.map((name) => ({ name, ...memoryStat(directory.entries.get(name)!) }));
  }

  async names(path: TreePath): Promise<readonly string[]> {
    const directory = this.#find("list", path);
    if (directory.kind !== "directory") throw fileError("not-a-directory", "list", path);
    return [...directory.entries.keys()];
  }

  async readFiles(
    path: TreePath,
    names: readonly string[],
    { octetsMax, until }: FilesReadOptions,
  ): Promise<readonly (FileBeginning | undefined)[]> {
    checkFilesRead(names, octetsMax);
    const directory = this.#find("list", path);
    if (directory.kind !== "directory") throw fileError("not-a-directory", "list", path);
    return names.map((name) => {
      const file = directory.entries.get(checkedSegments([name])[0]!);
      if (file?.kind !== "file") return undefined;
      const octets = file.content.slice(0, Math.min(file.octets, octetsMax));
      const end = until === undefined ? -1 : Buffer.from(octets.buffer).indexOf(until);
      const given = end === -1 ? octets : octets.subarray(0, end + until!.length);
      return { octets: given, fileOctets: file.octets, modified: file.modified };
    });
  }

  async open(path: TreePath, mode: OpenMode = {}): Promise<OpenFile> {
    checkOpenMode(mode);
    checkPermissions(mode.mode);
    const file = this.#openNode(path, mode);
    if (mode.truncate) this.#volume.resize(file, 0);
    return new MemoryOpenFile(this.#volume, file, mode);
  }

  async readFile(path: TreePath, options?: { readonly octetsMax?: number | undefined }): Promise<Uint8Array> {
    const file = this.#file("read", path);
    checkWholeRead(path, file.octets, options?.octetsMax);
    return file.content.slice(0, file.octets);
  }

  async writeFile(path: TreePath, content: Uint8Array | string): Promise<void> {
    const { directory, name } = this.#place("write", path);
    const old = directory.entries.get(name);
    if (old?.kind === "directory") throw fileError("is-a-directory", "write", path);
    const file = this.#volume.makeFile(old?.mode);
    this.#volume.write(file, 0, octetsOf(content));
    this.#volume.put(directory, name, file);
  }

  async makeDirectory(path: TreePath): Promise<void> {
    if (checkedSegments(path).length === 0) throw fileError("exists", "make", path);
    const { directory, name } = this.#place("make", path);
    if (directory.entries.has(name)) throw fileError("exists", "make", path);
    this.#volume.put(directory, name, this.#volume.makeDirectory());
  }

  async rename(from: TreePath, to: TreePath, options: FileRenameOptions = {}): Promise<void> {
    const source = this.#place("rename", from);
    const target = this.#place("rename to", to);
    const moved = source.directory.entries.get(source.name);
    if (moved === undefined) throw fileError("not-found", "rename", from);
    const replaced = target.directory.entries.get(target.name);
    if (replaced === moved) return;
    if (this.#leadsThrough(to, moved)) throw fileError("invalid-path", "rename to", to);
    const obstacle = replacementFault(moved, replaced);
    if (obstacle !== undefined) throw fileError(obstacle, "rename to", to);
    if (options.takePlace && replaced !== undefined) moved.mode = replaced.mode;
    this.#volume.put(target.directory, target.name, moved);
    this.#volume.take(source.directory, source.name);
  }

  async link(from: TreePath, to: TreePath): Promise<void> {
    const file = this.#file("link", from);
    const { directory, name } = this.#place("link to", to);
    if (directory.entries.has(name)) throw fileError("exists", "link to", to);
    this.#volume.put(directory, name, file);
  }

  async remove(path: TreePath): Promise<void> {
    this.#file("remove", path);
    const { directory, name } = this.#place("remove", path);
    this.#volume.take(directory, name);
  }

  async removeDirectory(path: TreePath): Promise<void> {
    const { directory, name } = this.#place("remove", path);
    const node = this.#find("remove", path);
    if (node.kind !== "directory") throw fileError("not-a-directory", "remove", path);
    if (node.entries.size > 0) throw fileError("not-empty", "remove", path);
    this.#volume.take(directory, name);
  }

  async setAttributes(path: TreePath, attributes: FileAttributes): Promise<void> {
    checkPermissions(attributes.mode);
    const node = this.#find("change", path);
    node.mode = attributes.mode ?? node.mode;
    node.modified = attributes.modified ?? node.modified;
  }

  at(path: TreePath): FileTree {
    return new MemoryTree(this.#volume, [...this.#base, ...checkedSegments(path)]);
  }

  #find(action: string, path: TreePath, segments: readonly string[] = checkedSegments(path)): MemoryNode {
    let node: MemoryNode = this.#volume.root;
    for (const segment of [...this.#base, ...segments]) {
      if (node.kind !== "directory") throw fileError("not-a-directory", action, path);
      const next = node.entries.get(segment);
      if (next === undefined) throw fileError("not-found", action, path);
      node = next;
    }
    return node;
  }

  #file(action: string, path: TreePath): MemoryFileNode {
    const node = this.#find(action, path);
    if (node.kind === "directory") throw fileError("is-a-directory", action, path);
    return node;
  }

  /** The directory and the name in it that a path means, whether or not something is there. The root has no place. */
  #place(action: string, path: TreePath): { directory: MemoryDirectoryNode; name: string } {
    const segments = checkedSegments(path);
    const name = segments.at(-1);
    if (name === undefined) throw fileError("is-a-directory", action, path);
    const directory = this.#find(action, path, segments.slice(0, -1));
    if (directory.kind !== "directory") throw fileError("not-a-directory", action, path);
    return { directory, name };
  }

  #openNode(path: TreePath, mode: OpenMode): MemoryFileNode {
    if (!mode.create) return this.#file("open", path);
    const { directory, name } = this.#place("open", path);
    const old = directory.entries.get(name);
    if (old !== undefined && mode.create === "exclusive") throw fileError("exists", "open", path);
    if (old !== undefined) return this.#file("open", path);
    const file = this.#volume.makeFile(mode.mode);
    this.#volume.put(directory, name, file);
    return file;
  }

  /** Says whether a directory would be moved into itself. */
  #leadsThrough(path: TreePath, node: MemoryNode): boolean {
    const segments = checkedSegments(path);
    return segments.some((_, length) => this.#find("rename to", path, segments.slice(0, length)) === node);
  }
}

/** What POSIX says about renaming one thing onto another. */
function replacementFault(moved: MemoryNode, replaced: MemoryNode | undefined): FileErrorCode | undefined {
  if (replaced === undefined || (replaced.kind === "file" && moved.kind === "file")) return undefined;
  if (replaced.kind === "file") return "not-a-directory";
  if (moved.kind === "file") return "is-a-directory";
  return replaced.entries.size > 0 ? "not-empty" : undefined;
}

function plant(volume: MemoryVolume, path: string, content: string | Uint8Array): void {
  const isDirectory = path.endsWith("/");
  const segments = checkedSegments(isDirectory ? path.slice(0, -1) : path);
  if (segments.length === 0) throw fileError("invalid-path", "make", path);
  let directory = volume.root;
  for (const segment of isDirectory ? segments : segments.slice(0, -1)) {
    const next = directory.entries.get(segment) ?? volume.makeDirectory();
    if (next.kind === "file") throw fileError("not-a-directory", "make", path);
    if (!directory.entries.has(segment)) volume.put(directory, segment, next);
    directory = next;
  }
  if (isDirectory) return;
  const file = volume.makeFile();
  volume.write(file, 0, octetsOf(content));
  volume.put(directory, segments.at(-1)!, file);
}

function octetsOf(content: Uint8Array | string): Uint8Array {
  return typeof content === "string" ? Buffer.from(content) : content;
}
