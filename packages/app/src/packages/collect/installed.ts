import { type FileTree, quote } from "@hawser/core";
import { PackageError } from "../errors.ts";

/** A package as it is installed: what its package.json says, as far as we ask. */
export interface InstalledPackage {
  /** Where it really lies in the tree, links followed. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Dependencies, and peers that it cannot do without. */
  readonly needs: readonly string[];
  /** Optional dependencies. */
  readonly wishes: readonly string[];
  /** Which files belong to it; `undefined` for all. */
  readonly files: readonly string[] | undefined;
}

/** npm's own limit for a name is 214; manifests are some KiB. */
const manifestOctetsMax = 1024 * 1024;

/** Reads the manifest of an installed package. @throws {PackageError} `bad-field` when it is none */
export async function readInstalled(tree: FileTree, folder: string): Promise<InstalledPackage> {
  const path = `${folder}/package.json`;
  const octets = await tree.readFile(path, { octetsMax: manifestOctetsMax });
  const manifest = parse(path, Buffer.from(octets).toString());
  const optional = keys(manifest["optionalDependencies"]);
  return {
    folder,
    name: text(manifest["name"]),
    version: text(manifest["version"]),
    license: text(manifest["license"]),
    needs: [...keys(manifest["dependencies"]), ...neededPeers(manifest)].filter((name) => !optional.includes(name)),
    wishes: optional,
    files: isInNodeModules(folder) ? undefined : strings(manifest["files"]),
  };
}

/** What npm has installed holds what was published, and nothing else. */
function isInNodeModules(folder: string): boolean {
  return folder.split("/").includes("node_modules");
}

function neededPeers(manifest: Members): readonly string[] {
  const meta = members(manifest["peerDependenciesMeta"]);
  return keys(manifest["peerDependencies"]).filter((name) => members(meta[name])["optional"] !== true);
}

type Members = Readonly<Record<string, unknown>>;

function parse(path: string, json: string): Members {
  try {
    return members(JSON.parse(json));
  } catch (cause) {
    throw new PackageError("bad-field", `Cannot read ${quote(path)}: it is no JSON`, { field: "package.json", cause });
  }
}

function members(value: unknown): Members {
  return typeof value === "object" && value !== null ? (value as Members) : {};
}

/** Names of packages: what could be something else in a path is left out. */
function keys(value: unknown): readonly string[] {
  return Object.keys(members(value)).filter((name) => /^(@[\w.~-]+\/)?[\w~-][\w.~-]*$/.test(name));
}

function strings(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
