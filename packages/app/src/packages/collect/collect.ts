import { type FileTree, quote } from "@hawser/core";
import type { ApplicationFile } from "../application/package.ts";
import { PackageError } from "../errors.ts";
import { packageEntriesMax } from "../limits.ts";
import { type InstalledPackage, readInstalled } from "./installed.ts";
import { resolveInstalled } from "./resolve.ts";
import { packedFiles } from "./walk.ts";

/** A package that was collected. */
export interface CollectedPackage {
  readonly name: string;
  readonly version: string;
  /** As its manifest spells it; empty where it says nothing. */
  readonly license: string;
  /** Where it will lie, such as `node_modules/yaml`. */
  readonly place: string;
}

/** The files of an application's packages, and which packages they are. */
export interface CollectedApplication {
  readonly files: readonly ApplicationFile[];
  readonly packages: readonly CollectedPackage[];
}

/** What is collected. */
export interface CollectOptions {
  /** Packages, with repetitions. Default 2,000. */
  readonly packagesMax?: number | undefined;
  /** Stops the work between two packages. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Collects packages with everything that they depend on, found as Node finds it (links of workspaces included), and lays
 * them out anew so that each finds the same ones: as high up in `node_modules` as its version allows. Peers and optional
 * dependencies come along where they are installed; optional peers only when they are named.
 *
 * What is not needed at run time stays: tests, declarations, TypeScript and its maps. Of a workspace only the `files` of
 * its manifest are taken. Files are read when the package is written.
 *
 * @param tree what holds `node_modules`, and the folders that links in it lead to: `reactor.files(folder)`
 * @param names such as `hawser`
 * @throws {PackageError} `not-installed`, `too-large`, `bad-field`
 */
export async function collectApplicationFiles(
  tree: FileTree,
  names: readonly string[],
  options: CollectOptions = {},
): Promise<CollectedApplication> {
  const layout = new Layout(tree, options.packagesMax ?? 2_000);
  await layout.addAll("", "", names);
  const files: ApplicationFile[] = [];
  for await (const { place, source } of layout.grow()) {
    options.signal?.throwIfAborted();
    for await (const file of packedFiles(tree, source, place)) files.push(file);
    if (files.length > packageEntriesMax) throw tooMany(`more than ${packageEntriesMax} files`);
  }
  return { files, packages: layout.packages.map(({ place, source }) => ({ ...aboutOf(source), place })) };
}

/** A package, and where it will lie. */
interface Placed {
  readonly place: string;
  readonly source: InstalledPackage;
}

/**
 * `node_modules` as it will be. Packages are placed breadth first: all that one needs are placed before theirs are, so that
 * nothing placed later can come between a package and what it was given.
 */
class Layout {
  readonly packages: Placed[] = [];
  readonly #tree: FileTree;
  readonly #packagesMax: number;
  /** What lies at each place, by the folder that it comes from. */
  readonly #taken = new Map<string, string>();

  constructor(tree: FileTree, packagesMax: number) {
    this.#tree = tree;
    this.#packagesMax = packagesMax;
  }

  /** Gives out every package once, and places those that it needs. */
  async *grow(): AsyncGenerator<Placed> {
    for (let next = 0; next < this.packages.length; next++) {
      const placed = this.packages[next]!;
      const { source, place } = placed;
      await this.addAll(source.folder, place, source.needs);
      await this.addAll(source.folder, place, source.wishes, true);
      yield placed;
    }
  }

  /** Places what somebody needs. @param from the folder where it was installed @param to where it will lie */
  async addAll(from: string, to: string, names: readonly string[], isOptional = false): Promise<void> {
    for (const name of names) {
      const folder = await resolveInstalled(this.#tree, from, name);
      if (folder !== undefined) await this.#place(folder, to, name);
      else if (!isOptional) throw missing(name, from);
    }
  }

  async #place(folder: string, to: string, name: string): Promise<void> {
    const place = this.#freePlace(folder, to, name);
    if (place === undefined) return;
    if (this.packages.length >= this.#packagesMax) throw tooMany(`more than ${this.#packagesMax} packages`);
    this.#taken.set(place, folder);
    this.packages.push({ place, source: await readInstalled(this.#tree, folder) });
  }

  /** The top where it is free, else beside the one who needs it; `undefined` when the right one is found already. */
  #freePlace(folder: string, to: string, name: string): string | undefined {
    for (const above of placesAbove(to)) {
      const found = this.#taken.get(placeIn(above, name));
      if (found !== undefined) return found === folder ? undefined : placeIn(to, name);
    }
    return placeIn("", name);
  }
}

/** Where Node looks from a place: there, and in every package around it. */
function placesAbove(place: string): readonly string[] {
  const parts = place.split(/(?:^|\/)node_modules\//).slice(1);
  const places = parts.map((_, index) => parts.slice(0, index + 1).reduce(placeIn, ""));
  return [...places.reverse(), ""];
}

function placeIn(place: string, name: string): string {
  return `${place === "" ? "" : `${place}/`}node_modules/${name}`;
}

function aboutOf({ name, version, license }: InstalledPackage): Omit<CollectedPackage, "place"> {
  return { name, version, license };
}

function missing(name: string, from: string): PackageError {
  const needed = from === "" ? "" : `, which ${quote(from)} needs`;
  return new PackageError("not-installed", `Cannot pack ${quote(name)}${needed}: it is not installed`);
}

function tooMany(what: string): PackageError {
  return new PackageError("too-large", `Cannot pack the application: it has ${what}`);
}
