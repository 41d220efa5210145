import type { BigIntStats } from "node:fs";
import type { FileKind, FileStat } from "../files/tree.ts";

/** What `stat` tells, in our words. */
export function diskStat(stats: BigIntStats): FileStat {
  const kind = kindOf(stats);
  return {
    kind,
    octets: kind === "file" ? Number(stats.size) : 0,
    modified: Number(stats.mtimeNs) / 1e6,
    identity: `${stats.dev}:${stats.ino}`,
    mode: Number(stats.mode & 0o7777n),
  };
}

/**
 * What was told lately, by path. When a plain stat of the same path finds the same facts, the old answer may be given
 * again without a look at links: it tells nobody anything new. So asking about a file that is already cached costs one
 * system call.
 */
export class ToldStats {
  readonly #told = new Map<string, { readonly stats: BigIntStats; readonly stat: FileStat }>();

  /** The answer given before, if it still holds. */
  recall(path: string, now: BigIntStats): FileStat | undefined {
    const told = this.#told.get(path);
    return told !== undefined && facts.every((fact) => told.stats[fact] === now[fact]) ? told.stat : undefined;
  }

  remember(path: string, stats: BigIntStats): FileStat {
    const stat = diskStat(stats);
    this.#told.delete(path);
    this.#told.set(path, { stats, stat });
    if (this.#told.size > toldMax) this.#told.delete(this.#told.keys().next().value!);
    return stat;
  }
}

function kindOf(stats: BigIntStats): FileKind {
  if (stats.isFile()) return "file";
  return stats.isDirectory() ? "directory" : "other";
}

const toldMax = 1024;

/** Everything that is told, and the time of change; which alone is not enough, as kernels count it in steps of up to 10 ms. */
const facts = ["ino", "dev", "ctimeNs", "mtimeNs", "size", "mode"] as const;
