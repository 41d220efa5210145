import type { FileTree } from "@hawser/core";
import type { HttpHandler } from "../http/resource.ts";

/** A file that a processor answers for. */
export interface ProcessedFile {
  readonly tree: FileTree;
  /** Where the file is in the tree. `tree.locate(path)` tells programs where it lies on a disk. */
  readonly path: readonly string[];
  /** What the request's path has behind the file: `["a", "b"]` for `/page.pl/a/b`. */
  readonly pathInfo: readonly string[];
}

/** Answers for files with a certain ending instead of sending them, to any method: see {@link script}. */
export type FileProcessor = (file: ProcessedFile) => HttpHandler;

/** How {@link files} serves a tree. */
export interface FilesOptions {
  /** Files that stand for their folder; the first that exists wins. Default `index.html`, `index.htm`. */
  readonly index?: readonly string[] | undefined;
  /** Shows what is in a folder that has no index. Default true; otherwise such a folder answers 403. */
  readonly listing?: boolean | undefined;
  /** By ending, such as `.pl`, in any case. */
  readonly processors?: Readonly<Record<string, FileProcessor>> | undefined;
  /** Serves and lists names that begin with a dot. Default false: they answer 404, but for `/.well-known` (RFC 8615). */
  readonly hidden?: boolean | undefined;
  /** Cache-Control of files: one for all, or one by path. Default: none is sent, and caches judge by age (RFC 9111 §4.2.2). */
  readonly cacheControl?: string | ((path: readonly string[]) => string | undefined) | undefined;
  /** Media types by ending (`.md`), before those of the `mime-types` library. */
  readonly types?: Readonly<Record<string, string>> | undefined;
  /** Sends `page.html.br`, `.zst` or `.gz` in the place of `page.html` to clients that take it. Default true. */
  readonly precompressed?: boolean | undefined;
  /** What all files kept in memory may hold together. 0 keeps none. Default 32 MiB. */
  readonly cacheOctetsMax?: number | undefined;
  /** The largest file that is kept in memory; larger ones are streamed. Default 256 KiB. */
  readonly cacheFileOctetsMax?: number | undefined;
  /** How long a file is served from memory before the tree is asked whether it has changed. Default 1,000 ms. */
  readonly revalidateMs?: number | undefined;
}

/** {@link FilesOptions} with every default filled in. */
export interface FilesSettings {
  readonly index: readonly string[];
  readonly listing: boolean;
  readonly processors: ReadonlyMap<string, FileProcessor>;
  readonly hidden: boolean;
  readonly cacheControl: (path: readonly string[]) => string | undefined;
  readonly types: ReadonlyMap<string, string>;
  readonly precompressed: boolean;
  readonly cacheOctetsMax: number;
  readonly cacheFileOctetsMax: number;
  readonly revalidateMs: number;
}

/** @throws {TypeError} when an ending has no dot: it would never match */
export function filesSettings(options: FilesOptions): FilesSettings {
  const { cacheControl } = options;
  return {
    index: options.index ?? ["index.html", "index.htm"],
    listing: options.listing ?? true,
    processors: byEnding(options.processors ?? {}),
    hidden: options.hidden ?? false,
    cacheControl: typeof cacheControl === "function" ? cacheControl : () => cacheControl,
    types: byEnding(options.types ?? {}),
    precompressed: options.precompressed ?? true,
    cacheOctetsMax: options.cacheOctetsMax ?? 32 * 1_048_576,
    cacheFileOctetsMax: options.cacheFileOctetsMax ?? 262_144,
    revalidateMs: options.revalidateMs ?? 1_000,
  };
}

/** The ending of a name, in lower case and with its dot; empty when it has none. */
export function endingOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot < 1 ? "" : name.slice(dot).toLowerCase();
}

function byEnding<Value>(record: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  const entries = Object.entries(record);
  for (const [ending] of entries) {
    if (!/^\.[^./]+$/.test(ending))
      throw new TypeError(`Cannot use ${JSON.stringify(ending)} as an ending: write ".pl"`);
  }
  return new Map(entries.map(([ending, value]) => [ending.toLowerCase(), value]));
}
