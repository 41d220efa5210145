import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { outcome } from "../command.ts";
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

/** Makes an empty project and installs tarballs into it; what they depend on comes from npm's cache where it can. */
export async function installInto(project: string, tarballs: readonly Tarball[]): Promise<void> {
  const dependencies = Object.fromEntries(tarballs.map(({ name, file }) => [name, `file:${file}`]));
  const manifest = { name: "pack-test", version: "1.0.0", private: true, type: "module", dependencies };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest, null, 2));
  await npm(["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"], project);
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
