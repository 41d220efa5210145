import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { outcome } from "../command.ts";
import type { Manifest } from "../layers/manifest.ts";
import { root } from "../tree.ts";

/** A package as it would be published. */
export interface Tarball {
  readonly name: string;
  /** Where the tarball lies. */
  readonly file: string;
  /** What it holds. */
  readonly paths: readonly string[];
}

/** Packs packages into a folder. */
export async function pack(packages: readonly string[], folder: string): Promise<readonly Tarball[]> {
  const folders = packages.map((name) => `./packages/${name}`);
  const output = await npm(["pack", ...folders, "--json", "--pack-destination", folder], root);
  const packed = JSON.parse(output.slice(output.indexOf("["))) as readonly Packed[];
  return packed.map(({ name, filename, files }) => ({
    name,
    file: join(folder, filename.replace("@", "").replace("/", "-")),
    paths: files.map(({ path }) => path),
  }));
}

/**
 * Makes an empty project and installs tarballs into it. What they depend on is taken from the repository's own
 * `node_modules`, so that nothing is fetched.
 */
export async function installInto(project: string, tarballs: readonly Tarball[]): Promise<void> {
  const ours = new Map(tarballs.map(({ name, file }) => [name, `file:${file}`]));
  const dependencies = Object.fromEntries([...ours, ...othersOf(ours)]);
  const manifest = { name: "pack-test", version: "1.0.0", private: true, type: "module", dependencies };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest, null, 2));
  const flags = ["--install-links", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  await npm(["install", ...flags], project);
}

/** Other people's packages that ours need to run, and theirs, by the folder where they are installed here. */
function othersOf(ours: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const others = new Map<string, string>();
  const visit = (name: string): void => {
    const folder = join(root, "node_modules", name);
    if (others.has(name) || !existsSync(folder)) return;
    if (!ours.has(name)) others.set(name, `file:${folder}`);
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
    for (const dependency of Object.keys(manifest.dependencies ?? {})) if (!ours.has(dependency)) visit(dependency);
  };
  for (const name of ours.keys()) visit(name);
  return others;
}

interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

async function npm(words: readonly string[], directory: string): Promise<string> {
  const { status, output } = await outcome("npm", [...words, "--loglevel=error"], directory);
  if (status !== 0) throw new Error(`npm ${words.join(" ")} ended with ${status}:\n${output}`);
  return output;
}
