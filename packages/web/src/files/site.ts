import type { FileEntry, FileStat, FileTree, OpenFile, Reactor } from "@hawser/core";
import type { FileSource } from "./answer.ts";
import { type CachedFile, FileCache } from "./cache.ts";
import { listedMax } from "./listing.ts";
import { mediaTypeOf } from "./media-type.ts";
import { endingOf, type FilesSettings } from "./options.ts";
import { type FilePlace, type FolderPlace, findPlace, type Place, type ScriptPlace, statIfThere } from "./places.ts";
import { FileRepresentation, type RepresentationFacts } from "./representation.ts";

/** What a path leads to, files with their versions. */
export type FoundPlace = { readonly type: "file"; readonly entry: CachedFile } | ScriptPlace | FolderPlace | undefined;

/** A version and its octets. An open file belongs to whoever asked. */
export interface OpenedFile {
  readonly version: FileRepresentation;
  readonly source: FileSource;
}

/** Files beside a file that hold the same in another coding, in the order we prefer: the smaller ones first. */
const siblings = [
  { ending: ".br", coding: "br" },
  { ending: ".zst", coding: "zstd" },
  { ending: ".gz", coding: "gzip" },
] as const;

/** One tree as one reactor serves it: what was found lately, so that the tree is asked once a second and not once a request. */
export class FileSite {
  readonly tree: FileTree;
  readonly #reactor: Reactor;
  readonly #settings: FilesSettings;
  readonly #cache: FileCache;
  /** Many may ask for one thing at once; it is done once. */
  readonly #finding = new Map<string, Promise<FoundPlace>>();
  readonly #listing = new Map<string, Promise<readonly FileEntry[]>>();
  readonly #loading = new Map<FileRepresentation, Promise<Uint8Array | undefined>>();

  constructor(tree: FileTree, reactor: Reactor, settings: FilesSettings) {
    this.tree = tree;
    this.#reactor = reactor;
    this.#settings = settings;
    this.#cache = new FileCache(settings.cacheOctetsMax);
  }

  /** A file that was found so lately that nobody need be asked. */
  fresh(key: string): CachedFile | undefined {
    const entry = this.#cache.get(key);
    if (entry === undefined) return undefined;
    return this.#reactor.clock.now() - entry.checkedAt < this.#settings.revalidateMs ? entry : undefined;
  }

  /** Finds what a path leads to. `key` is the path with a slash at its end when the request's had one. */
  find(key: string, path: readonly string[]): Promise<FoundPlace> {
    return once(this.#finding, key, () => this.#find(key, path));
  }

  /** What a folder holds, as far as a page shows it. */
  list(path: readonly string[]): Promise<readonly FileEntry[]> {
    return once(this.#listing, path.join("/"), () => this.tree.list(path, { entriesMax: listedMax }));
  }

  /** Gets the octets of a version, or of the one that has taken its place since. */
  async open(key: string, entry: CachedFile, version: FileRepresentation): Promise<OpenedFile> {
    const content = await this.#load(key, entry, version);
    if (content !== undefined) return { version, source: content };
    const file = await this.tree.open(version.path);
    return closeUnless(file, async () => {
      const stat = await file.stat();
      return { version: version.isVersion(stat) ? version : version.changedTo(stat, this.#wall()), source: file };
    });
  }

  async #find(key: string, path: readonly string[]): Promise<FoundPlace> {
    const place = meant(await findPlace(this.tree, path, this.#settings), key.endsWith("/"));
    if (place?.type === "file") return { type: "file", entry: await this.#enter(key, place) };
    this.#cache.delete(key);
    return place;
  }

  async #enter(key: string, place: FilePlace): Promise<CachedFile> {
    const checkedAt = this.#reactor.clock.now();
    const beside = this.#settings.precompressed ? await this.#findSiblings(place) : [];
    const common = {
      mediaType: mediaTypeOf(place.path.at(-1) ?? "", this.#settings.types),
      cacheControl: this.#settings.cacheControl(place.path),
      varies: beside.length > 0,
      wallMs: this.#wall(),
    };
    const known = this.#cache.get(key)?.representations ?? [];
    const representations = [...beside, { path: place.path, stat: place.stat, coding: "identity" }].map((found) => {
      const facts: RepresentationFacts = { ...common, ...found };
      return known.find((one) => one.servesFor(facts)) ?? new FileRepresentation(facts);
    });
    const entry: CachedFile = { representations, checkedAt };
    this.#cache.put(key, entry);
    return entry;
  }

  /** A sibling older than its file was forgotten when the file changed: it is not sent. */
  async #findSiblings(place: FilePlace): Promise<{ path: readonly string[]; stat: FileStat; coding: string }[]> {
    const name = place.path.at(-1) ?? "";
    if (siblings.some(({ ending }) => endingOf(name) === ending)) return [];
    const found = siblings.map(async ({ ending, coding }) => {
      const path = [...place.path.slice(0, -1), name + ending];
      const stat = await statIfThere(this.tree, path);
      const useful = stat?.kind === "file" && stat.modified >= place.stat.modified;
      return useful ? [{ path, stat, coding }] : [];
    });
    return (await Promise.all(found)).flat();
  }

  /** The content of a small file; `undefined` when it is not small, or not the same any more. */
  async #load(key: string, entry: CachedFile, version: FileRepresentation): Promise<Uint8Array | undefined> {
    if (version.stat.octets > this.#settings.cacheFileOctetsMax) return undefined;
    const content = await once(this.#loading, version, () => this.#read(version));
    if (content === undefined) this.#cache.delete(key);
    else this.#cache.keep(key, entry, version, content);
    return content;
  }

  async #read(version: FileRepresentation): Promise<Uint8Array | undefined> {
    const file = await this.tree.open(version.path);
    try {
      if (!version.isVersion(await file.stat())) return undefined;
      const content = await file.read(0, version.stat.octets);
      return content.length === version.stat.octets ? content : undefined;
    } finally {
      await file.close();
    }
  }

  #wall(): number {
    return this.#reactor.clock.wall();
  }
}

/** Reads the slash at the end of a request's path: a folder with one means its index, a file has none, a script may. */
function meant(place: Place, slash: boolean): Place {
  if (!slash || place === undefined) return place;
  if (place.type === "folder") return place.index ?? place;
  return place.type === "script" ? { ...place, pathInfo: [...place.pathInfo, ""] } : undefined;
}

/** Runs what is not running already for this key. */
function once<Key, Result>(running: Map<Key, Promise<Result>>, key: Key, run: () => Promise<Result>): Promise<Result> {
  const present = running.get(key);
  if (present !== undefined) return present;
  const promise = run().finally(() => running.delete(key));
  running.set(key, promise);
  return promise;
}

/** Gives a file away, or closes it when that fails. */
async function closeUnless<Result>(file: OpenFile, give: () => Promise<Result>): Promise<Result> {
  try {
    return await give();
  } catch (error) {
    await file.close();
    throw error;
  }
}
