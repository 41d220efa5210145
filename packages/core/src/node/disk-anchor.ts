import { type BigIntStats, constants, existsSync } from "node:fs";
import { type FileHandle, lstat, open, readlink, realpath } from "node:fs/promises";

/**
 * A file or directory that was found, so that it can be looked at before it is used. Whatever somebody does to the
 * links that led here, `path` goes on meaning this one.
 */
export interface DiskAnchor {
  /** The path to use in system calls. */
  readonly path: string;
  /** Where it really lay when it was found, with every link resolved. */
  readonly real: string;
  readonly stat: BigIntStats;
  release(): Promise<void>;
}

/** How anchors are made. */
export interface DiskAnchorage {
  /** Finds what a path leads to, following links. Opens nothing that reading or writing could touch. */
  find(path: string): Promise<DiskAnchor>;
  /** Opens what an anchor holds: that very file, or an error. */
  open(anchor: DiskAnchor, flags: number): Promise<FileHandle>;
}

/**
 * Linux: an O_PATH descriptor holds the file without opening it, and `/proc/self/fd/N` is that file, or that directory
 * whose entries can be named behind it: Node's way to say `openat`. Nobody can win a race against a descriptor.
 */
const descriptorAnchorage: DiskAnchorage = {
  async find(path) {
    const handle = await open(path, oPath);
    try {
      const held = `/proc/self/fd/${handle.fd}`;
      const [stat, real] = await Promise.all([handle.stat({ bigint: true }), readlink(held)]);
      return { path: held, real, stat, release: () => handle.close() };
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
  open: (anchor, flags) => open(anchor.path, flags | constants.O_NONBLOCK),
};

/**
 * Everywhere else: the real path stands for the file. What was opened is compared with what was found, and the real path
 * is taken again afterwards, so a link that is swapped once is noticed. What remains: somebody with write access inside
 * the tree who swaps a directory for a link and back, within microseconds and twice, can have one call act outside.
 */
export const pathAnchorage: DiskAnchorage = {
  async find(path) {
    const real = await realpath(path);
    const stat = await lstat(real, { bigint: true });
    if (stat.isSymbolicLink() || (await realpath(real)) !== real) throw swapped("find");
    return { path: real, real, stat, release: async () => {} };
  },
  async open(anchor, flags) {
    const handle = await open(anchor.path, flags | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
    try {
      const [opened, real] = await Promise.all([handle.stat({ bigint: true }), realpath(anchor.path)]);
      if (opened.ino === anchor.stat.ino && opened.dev === anchor.stat.dev && real === anchor.real) return handle;
      throw swapped("open");
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
};

/** The best this machine has. */
export function diskAnchorage(): DiskAnchorage {
  return process.platform === "linux" && existsSync("/proc/self/fd") ? descriptorAnchorage : pathAnchorage;
}

/** What a path became between two looks at it: ELOOP, as `O_NOFOLLOW` says it. */
function swapped(syscall: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${syscall}: the path was changed while it was used`), { code: "ELOOP", syscall });
}

/** Linux's O_PATH, which Node does not name. The same on every architecture but alpha, parisc and sparc, where Node is not. */
const oPath = 0o10000000;
