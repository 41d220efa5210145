import { type BigIntStats, constants } from "node:fs";
import { chmod, link, lstat, mkdir, open, readdir, rename, rmdir, stat, unlink, utimes } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  checkFilesRead,
  checkOpenMode,
  checkPermissions,
  checkWholeRead,
  fileError,
  listedNames,
} from "../files/faults.ts";
import { checkedSegments, isSegment } from "../files/guard.ts";
import {
  type FileAttributes,
  type FileBeginning,
  type FileEntry,
  FileError,
  type FileErrorCode,
  type FileListOptions,
  type FileRenameOptions,
  type FileStat,
  type FilesReadOptions,
  type FileTree,
  type OpenFile,
  type OpenMode,
  type TreePath,
} from "../files/tree.ts";
import { type DiskAnchor, type DiskAnchorage, diskAnchorage } from "./disk-anchor.ts";
import { makeNew, replaceFile, takePlace } from "./disk-draft.ts";
import { attempt } from "./disk-faults.ts";
import { DiskOpenFile, readAt } from "./disk-file.ts";
import { readInThread } from "./disk-reading/thread.ts";
import { type DiskLinks, DiskRoot } from "./disk-root.ts";
import { diskSegments } from "./disk-segments.ts";
import { diskStat, ToldStats } from "./disk-stat.ts";
import { gather } from "./gather.ts";
import { SharedAnchors } from "./shared-anchors.ts";

/** What a disk tree allows. */
export interface DiskTreeOptions {
  /** Refuses every change with `read-only`. Default false. */
  readonly readOnly?: boolean | undefined;
  /** Default `inside`. */
  readonly followLinks?: DiskLinks | undefined;
}

/**
 * The files below a folder of the disk, and nothing else, whatever links lie among them.
 *
 * Each call first finds what its path leads to, asks the kernel where that really is, and goes on with exactly that: the
 * file itself, or the directory in which a name is made, moved or removed. What remains to know:
 * - On Linux there is no race in this. But a directory that somebody moves out of the tree while a call is at work in it
 *   is still worked in, once.
 * - Elsewhere the real path stands for the file: somebody with write access inside the tree who swaps a directory for a
 *   link and back, within microseconds and twice, can have one call act outside.
 * - A link that leads out is `invalid-path`, one that leads nowhere `not-found`: so who may make links can learn whether
 *   a path outside exists, and nothing else about it.
 *
 * FIFOs, devices and sockets are never opened.
 *
 * A name is changed where it stands: `rename`, `remove` and `writeFile` move, remove and replace a link, not its target.
 */
export function diskTree(root: string, options: DiskTreeOptions = {}): FileTree {
  return makeDiskTree(diskAnchorage(), root, options);
}

/** {@link diskTree} with a chosen way to hold files, so that tests reach those of other systems. */
export function makeDiskTree(anchorage: DiskAnchorage, root: string, options: DiskTreeOptions = {}): FileTree {
  const diskRoot = new DiskRoot(resolve(root), options.followLinks ?? "inside");
  return new DiskTree(anchorage, diskRoot, options);
}

class DiskTree implements FileTree {
  readonly #anchorage: DiskAnchorage;
  readonly #root: DiskRoot;
  readonly #options: DiskTreeOptions;
  readonly #told = new ToldStats();
  readonly #shared = new SharedAnchors();

  constructor(anchorage: DiskAnchorage, root: DiskRoot, options: DiskTreeOptions) {
    this.#anchorage = anchorage;
    this.#root = root;
    this.#options = options;
  }

  async stat(path: TreePath): Promise<FileStat> {
    const segments = diskSegments(path);
    const place = this.#placeOf(segments);
    const now = await attempt("stat", path, () => stat(place, { bigint: true }));
    return (
      this.#told.recall(place, now) ??
      this.#anchored("stat", path, segments, async (anchor) => this.#told.remember(place, anchor.stat))
    );
  }

  async list(path: TreePath, options?: FileListOptions): Promise<readonly FileEntry[]> {
    const segments = diskSegments(path);
    return this.#anchored("list", path, segments, async (directory) => {
      const names = listedNames((await readdir(directory.path)).filter(isSegment), options);
      return gather(names, (name) => this.#entry(directory, segments, name));
    });
  }

  async names(path: TreePath): Promise<readonly string[]> {
    return this.#anchored("list", path, diskSegments(path), async (directory) =>
      (await readdir(directory.path)).filter(isSegment),
    );
  }

  async readFiles(
    path: TreePath,
    names: readonly string[],
    options: FilesReadOptions,
  ): Promise<readonly (FileBeginning | undefined)[]> {
    checkFilesRead(names, options.octetsMax);
    for (const name of names) if (!plainName.test(name)) diskSegments([name]);
    return this.#anchored("list", path, diskSegments(path), (directory) => {
      if (!directory.stat.isDirectory()) throw fileError("not-a-directory", "list", path);
      return readInThread(directory.path, names, options);
    });
  }

  async open(path: TreePath, mode: OpenMode = {}): Promise<OpenFile> {
    checkOpenMode(mode);
    checkPermissions(mode.mode);
    if (mode.write) this.#refuseIfReadOnly("open", path);
    const segments = diskSegments(path);
    if (!mode.create) return this.#openFound(path, segments, mode);
    return this.#openOrMake(path, segments, mode);
  }

  async readFile(path: TreePath, options?: { readonly octetsMax?: number | undefined }): Promise<Uint8Array> {
    return this.#anchored("read", path, diskSegments(path), async (anchor) => {
      refuseUnlessFile("read", path, anchor.stat);
      const octets = Number(anchor.stat.size);
      checkWholeRead(path, octets, options?.octetsMax);
      const handle = await this.#anchorage.open(anchor, constants.O_RDONLY);
      return readAt(handle, 0, octets).finally(() => handle.close());
    });
  }

  async writeFile(path: TreePath, content: Uint8Array | string): Promise<void> {
    const octets = typeof content === "string" ? Buffer.from(content) : content;
    await this.#atPlace("write", path, (_, directory, name) => replaceFile(directory.path, name, octets));
  }

  async makeDirectory(path: TreePath): Promise<void> {
    if (checkedSegments(path).length === 0) throw fileError("exists", "make", path);
    await this.#atPlace("make", path, (place) => mkdir(place));
  }

  async rename(from: TreePath, to: TreePath, options: FileRenameOptions = {}): Promise<void> {
    await this.#atPlace("rename", from, async (source) => {
      await lstat(source); // so that a missing source is not told as a missing target
      await this.#atPlace("rename to", to, async (target, directory) => {
        if (options.takePlace) await takePlace(source, target, directory.path);
        else await rename(source, target);
      });
    });
  }

  /** What a path leads to is not linked: a name that is a link itself is refused. */
  async link(from: TreePath, to: TreePath): Promise<void> {
    await this.#atPlace("link", from, async (source) => {
      const stats = await lstat(source, { bigint: true });
      if (stats.isSymbolicLink()) throw fileError("not-permitted", "link", from, { fault: "it is not a regular file" });
      refuseUnlessFile("link", from, stats);
      await this.#atPlace("link to", to, (target) => link(source, target));
    });
  }

  async remove(path: TreePath): Promise<void> {
    await this.#atPlace("remove", path, async (place) => {
      if ((await lstat(place)).isDirectory()) throw fileError("is-a-directory", "remove", path);
      await unlink(place);
    });
  }

  async removeDirectory(path: TreePath): Promise<void> {
    await this.#atPlace("remove", path, (place) => rmdir(place));
  }

  async setAttributes(path: TreePath, attributes: FileAttributes): Promise<void> {
    checkPermissions(attributes.mode);
    this.#refuseIfReadOnly("change", path);
    await this.#anchored("change", path, diskSegments(path), async ({ path: held, stat: found }) => {
      if (attributes.mode !== undefined) await chmod(held, Number(found.mode & 0o7000n) | attributes.mode);
      if (attributes.modified !== undefined) await utimes(held, found.atime, attributes.modified / 1000);
    });
  }

  at(path: TreePath): FileTree {
    return new DiskTree(this.#anchorage, this.#root.below(diskSegments(path)), this.#options);
  }

  async locate(path: TreePath): Promise<string> {
    return this.#anchored("locate", path, diskSegments(path), async (anchor) => {
      const now = await lstat(anchor.real, { bigint: true });
      if (now.ino !== anchor.stat.ino) throw fileError("not-found", "locate", path);
      return anchor.real;
    });
  }

  #placeOf(segments: readonly string[]): string {
    return join(this.#root.path, ...segments);
  }

  #refuseIfReadOnly(action: string, path: TreePath): void {
    if (this.#options.readOnly === true) throw fileError("read-only", action, path);
  }

  /** Finds what a path leads to, proves that it lies inside, and lends it. */
  async #anchored<Result>(
    action: string,
    path: TreePath,
    segments: readonly string[],
    use: (anchor: DiskAnchor) => Promise<Result>,
  ): Promise<Result> {
    return attempt(action, path, async () => {
      const anchor = await this.#find(action, path, segments);
      try {
        return await use(anchor);
      } finally {
        await anchor.release();
      }
    });
  }

  async #find(action: string, path: TreePath, segments: readonly string[]): Promise<DiskAnchor> {
    const anchor = await this.#anchorage.find(this.#placeOf(segments));
    try {
      if (await this.#root.holds(anchor.real, segments)) return anchor;
      throw fileError("invalid-path", action, path);
    } catch (error) {
      await anchor.release();
      throw error;
    }
  }

  /** Lends the place of a name that is to be changed, in the directory that was proved to lie inside. */
  async #atPlace<Result>(
    action: string,
    path: TreePath,
    use: (place: string, directory: DiskAnchor, name: string) => Promise<Result>,
  ): Promise<Result> {
    this.#refuseIfReadOnly(action, path);
    const segments = diskSegments(path);
    const name = segments.at(-1);
    if (name === undefined) throw fileError("is-a-directory", action, path);
    const above = segments.slice(0, -1);
    return attempt(action, path, () =>
      this.#shared.lend(
        this.#placeOf(above),
        () => this.#find(action, path, above),
        (directory) => use(join(directory.path, name), directory, name),
      ),
    );
  }

  async #openFound(path: TreePath, segments: readonly string[], mode: OpenMode): Promise<OpenFile> {
    return this.#anchored("open", path, segments, async (anchor) => {
      refuseUnlessFile("open", path, anchor.stat);
      const handle = await this.#anchorage.open(anchor, accessFlags(mode) | (mode.truncate ? constants.O_TRUNC : 0));
      return new DiskOpenFile(handle, path, mode);
    });
  }

  /** Others may make or remove the file in between; then it is looked for once more. */
  async #openOrMake(path: TreePath, segments: readonly string[], mode: OpenMode): Promise<OpenFile> {
    for (let attempts = 0; mode.create !== "exclusive" && attempts < 3; attempts++) {
      try {
        return await this.#openFound(path, segments, mode);
      } catch (error) {
        if (!hasCode(error, "not-found")) throw error;
      }
      try {
        return await this.#openNew(path, mode);
      } catch (error) {
        if (!hasCode(error, "exists")) throw error;
      }
    }
    return this.#openNew(path, mode);
  }

  async #openNew(path: TreePath, mode: OpenMode): Promise<OpenFile> {
    return this.#atPlace("open", path, async (place) => {
      const handle = await open(place, accessFlags(mode) | makeNew, mode.mode ?? 0o666);
      return new DiskOpenFile(handle, path, mode);
    });
  }

  /** `undefined` for what has just vanished, and for links that may not be followed. */
  async #entry(directory: DiskAnchor, segments: readonly string[], name: string): Promise<FileEntry | undefined> {
    const path = [...segments, name];
    try {
      const stats = await attempt("list", path, () => lstat(join(directory.path, name), { bigint: true }));
      if (!stats.isSymbolicLink()) return { name, ...diskStat(stats) };
      return await this.#anchored("list", path, path, async (target) => ({ name, ...diskStat(target.stat) }));
    } catch (error) {
      if (hasCode(error, "not-found", "invalid-path", "not-permitted", "not-a-directory")) return undefined;
      throw error;
    }
  }
}

/** What most names are, so that many need not be taken apart. Windows has more to say. */
const plainName = process.platform === "win32" ? /(?!)/ : /^(?!\.\.?$)[\w.,:=+-]{1,255}$/;

function refuseUnlessFile(action: string, path: TreePath, stats: BigIntStats): void {
  if (stats.isDirectory()) throw fileError("is-a-directory", action, path);
  if (!stats.isFile()) throw fileError("not-permitted", action, path, { fault: "it is not a regular file" });
}

function accessFlags(mode: OpenMode): number {
  if (mode.write !== true) return constants.O_RDONLY;
  return mode.read === false ? constants.O_WRONLY : constants.O_RDWR;
}

function hasCode(error: unknown, ...codes: readonly FileErrorCode[]): boolean {
  return error instanceof FileError && codes.includes(error.code);
}
