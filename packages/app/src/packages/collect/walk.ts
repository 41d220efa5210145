import { type FileEntry, type FileTree, quote } from "@hawser/core";
import type { ApplicationFile } from "../application/package.ts";
import type { LazyContent } from "../content.ts";
import { PackageError } from "../errors.ts";
import type { InstalledPackage } from "./installed.ts";
import { filesFilter, isNeededAtRunTime } from "./patterns.ts";

/** Deeper folders are a circle of links. */
const depthMax = 32;
/** The files of one folder; more are no package. */
const entriesMax = 20_000;
const chunkOctets = 256 * 1024;

/** The files of a package that an application needs, at the place where they will lie. */
export async function* packedFiles(
  tree: FileTree,
  { folder, files }: InstalledPackage,
  place: string,
): AsyncGenerator<ApplicationFile> {
  const belongs = filesFilter(files);
  for await (const { path, entry } of walk(tree, folder, "", 0)) {
    if (!belongs(path) || !isNeededAtRunTime(path)) continue;
    const content = lazyFile(tree, `${folder}/${path}`, entry.octets);
    yield { path: `${place}/${path}`, content, mode: (entry.mode & 0o100) === 0 ? 0o644 : 0o755 };
  }
}

interface Found {
  readonly path: string;
  readonly entry: FileEntry;
}

/** All files below a folder, without hidden ones, and without the packages that lie inside. */
async function* walk(tree: FileTree, folder: string, below: string, depth: number): AsyncGenerator<Found> {
  if (depth > depthMax) throw new PackageError("too-large", `Cannot pack ${quote(folder)}: its folders have no end`);
  const entries = await tree.list(below === "" ? folder : `${folder}/${below}`, { entriesMax: entriesMax + 1 });
  if (entries.length > entriesMax) {
    throw new PackageError("too-large", `Cannot pack ${quote(folder)}: a folder has more than ${entriesMax} entries`);
  }
  for (const entry of entries) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    if (entry.kind === "file") yield { path, entry };
    else if (entry.kind === "directory") yield* walk(tree, folder, path, depth + 1);
  }
}

/** Reads a file of a tree when it is packed. */
function lazyFile(tree: FileTree, path: string, octets: number): LazyContent {
  return {
    octets,
    async *read() {
      await using file = await tree.open(path);
      for (let at = 0; ; ) {
        const chunk = await file.read(at, chunkOctets);
        if (chunk.length === 0) return;
        yield chunk;
        at += chunk.length;
      }
    },
  };
}
