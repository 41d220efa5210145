import { dirname, join, resolve } from "node:path";
import { type FileTree, type Reactor, Semaphore } from "@hawser/core";
import { fileAt } from "../config/path.ts";
import { type PluginEntry, type PluginPackage, type PluginProblem, readPluginManifest } from "./manifest.ts";

/** What the packages beside an application bring. */
export interface InstalledPlugins {
  /** The nearest first; two packages may claim the same name. */
  readonly entries: readonly PluginEntry[];
  readonly problems: readonly PluginProblem[];
}

/**
 * Looks through `node_modules` of a folder and of those above it for packages that bring commands. Only their
 * package.json are read; nothing of them is executed. Of a package that is installed at several levels the nearest counts.
 */
export async function discoverPlugins(directory: string, reactor: Reactor): Promise<InstalledPlugins> {
  const seen = new Set<string>();
  const found: PluginPackage[] = [];
  for (const folder of foldersUpward(resolve(directory))) {
    const { tree, path } = fileAt(reactor, join(folder, "node_modules"));
    const names = (await packageNames(tree, path)).filter((name) => !seen.has(name));
    for (const name of names) seen.add(name);
    found.push(...(await readManifests(tree, path, join(folder, "node_modules"), names)));
  }
  return {
    entries: found.flatMap(({ entries }) => entries),
    problems: found.flatMap(({ problems }) => problems),
  };
}

function foldersUpward(directory: string): readonly string[] {
  const folders = [directory];
  while (folders.length < levelsMax && dirname(folders.at(-1)!) !== folders.at(-1))
    folders.push(dirname(folders.at(-1)!));
  return folders;
}

/** The packages of one `node_modules`, those of scopes among them. */
async function packageNames(tree: FileTree, path: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of await folderNames(tree, path)) {
    if (!name.startsWith("@")) names.push(name);
    else names.push(...(await folderNames(tree, `${path}/${name}`)).map((inner) => `${name}/${inner}`));
    if (names.length > packagesMax) break;
  }
  return names.slice(0, packagesMax);
}

async function folderNames(tree: FileTree, path: string): Promise<readonly string[]> {
  const entries = await tree.list(path, { entriesMax: packagesMax }).catch(() => []);
  return entries.filter(({ name, kind }) => kind === "directory" && !name.startsWith(".")).map(({ name }) => name);
}

async function readManifests(
  tree: FileTree,
  path: string,
  folder: string,
  names: readonly string[],
): Promise<readonly PluginPackage[]> {
  const reading = new Semaphore(readsMax);
  return Promise.all(
    names.map(async (name) => {
      using _permit = await reading.acquire();
      const manifest = `${path}/${name}/package.json`;
      const octets = await tree.readFile(manifest, { octetsMax: manifestOctetsMax }).catch(() => new Uint8Array());
      return readPluginManifest(new TextDecoder().decode(octets), name, join(folder, name));
    }),
  );
}

/** Folders that are looked at, upward: deeper ones hold no application. */
const levelsMax = 32;
/** Packages in one `node_modules`: large applications have some two thousand. */
const packagesMax = 10_000;
/** A package.json: the largest of well-known packages are below 100 KiB. */
const manifestOctetsMax = 262_144;
/** Files that are open at the same time. */
const readsMax = 32;
