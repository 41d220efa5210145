import { basename, extname } from "node:path";
import { type Reactor, UsageError } from "@hawser/core";
import { type ConfigurationDocument, decodeDocument, syntaxError } from "./document.ts";
import { readJson } from "./json.ts";
import { configurationLimits as limits } from "./limits.ts";
import { fileAt, readWhole } from "./path.ts";
import type { LoadContext } from "./source.ts";

/** Reads a text of a configuration, by the ending of its name. @throws {ConfigurationError} with line and column */
export type ReadDocument = (
  text: string,
  file: string,
  context: LoadContext,
) => ConfigurationDocument | Promise<ConfigurationDocument>;

/** The spellings of a configuration by the ending of the file. What reads them is loaded when it is needed. */
const readers: Readonly<Record<string, () => Promise<ReadDocument>>> = {
  ".ts": async () => (await import("./module.ts")).readModule,
  ".mts": async () => (await import("./module.ts")).readModule,
  ".js": async () => (await import("./module.ts")).readModule,
  ".mjs": async () => (await import("./module.ts")).readModule,
  ".json": async () => readJson,
  ".toml": async () => (await import("./toml.ts")).readToml,
  ".yaml": async () => (await import("./yaml.ts")).readYaml,
  ".yml": async () => (await import("./yaml.ts")).readYaml,
};

/** Reads a configuration file. @throws {UsageError} */
export async function readConfiguration(path: string, context: LoadContext): Promise<ConfigurationDocument> {
  const reader = readers[extname(path)];
  if (reader === undefined) {
    throw syntaxError({ file: path }, `its name ends with none of ${Object.keys(readers).join(", ")}`);
  }
  const octets = await readWhole(context.reactor, path, limits.octetsMax);
  return (await reader())(decodeDocument(octets, path), path, context);
}

/**
 * Finds the one `hawser.config.*` of a folder.
 * @throws {UsageError} when there is none, or more than one
 */
export async function findConfiguration(directory: string, reactor: Reactor): Promise<string> {
  const found = await findConfigurations(directory, reactor);
  if (found.length === 1) return found[0]!;
  if (found.length === 0)
    throw new UsageError(`There is no hawser.config.ts (or .js, .json, .toml, .yaml) in this folder`);
  const names = found.map((path) => basename(path)).join(" and ");
  throw new UsageError(`Cannot choose between ${names}: name one with --config`);
}

/** The paths of all `hawser.config.*` of a folder. */
export async function findConfigurations(directory: string, reactor: Reactor): Promise<readonly string[]> {
  const candidates = Object.keys(readers).map((ending) => `hawser.config${ending}`);
  const isThere = await Promise.all(
    candidates.map(async (name) => {
      const { tree, path } = fileAt(reactor, name, directory);
      return (await tree.stat(path).catch(() => undefined))?.kind === "file";
    }),
  );
  return candidates.filter((_, index) => isThere[index]);
}
