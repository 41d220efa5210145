import { memoryTree } from "./memory-tree.ts";
import type { FileTree } from "./tree.ts";

/** Files of a reactor without a disk: a function of its own, or contents by path (`{ "srv/www/index.html": "…" }`). */
export type ReactorFiles = ((root: string) => FileTree) | Readonly<Record<string, string | Uint8Array>>;

/** What `Reactor.files` does on a reactor without a disk: one memory tree, looked into from any root. */
export function memoryFiles(files: ReactorFiles | undefined, now: () => number): (root: string) => FileTree {
  if (typeof files === "function") return files;
  const tree = memoryTree(files, { now });
  return (root) => tree.at(root.split("/").filter((segment) => segment !== "" && segment !== "."));
}
