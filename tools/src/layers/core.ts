import type { Finding } from "../finding.ts";
import { coreLayers } from "../layers.ts";
import { importsOf } from "../scan/imports.ts";
import { isTest, type Tree } from "../tree.ts";
import { packageSources } from "./packages.ts";

/** Imports between the folders of the core that {@link coreLayers} does not allow. Tests may import anything. */
export function coreFindings(tree: Tree): readonly Finding[] {
  return packageSources(tree, "core")
    .filter((path) => !isTest(path))
    .flatMap((path) => fileFindings(path, tree.text(path)));
}

function fileFindings(path: string, source: string): readonly Finding[] {
  const from = partOf(path);
  return importsOf(source)
    .filter(({ kind, specifier }) => kind === "value" && specifier.startsWith("."))
    .map(({ specifier, line }) => ({ line, to: partOf(new URL(specifier, `file:///${path}`).pathname.slice(1)) }))
    .filter(({ to }) => to !== from && !coreLayers[from]!.includes(to))
    .map(({ line, to }) => ({
      path,
      line,
      rule: `In the core, ${from} may not import ${to}`,
      advice: `Move what both need to the main part, or load it when asked for with import("…/${to}/…").`,
    }));
}

function partOf(path: string): string {
  const folder = path.slice("packages/core/src/".length).split("/")[0]!;
  return coreLayers[folder] === undefined ? "main" : folder;
}
