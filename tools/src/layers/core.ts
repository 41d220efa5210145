import type { Finding } from "../finding.ts";
import { coreLayers } from "../layers.ts";
import { importsOf } from "../scan/imports.ts";
import { isTestCode, type Tree } from "../tree.ts";
import { packageSources } from "./packages.ts";

/** Imports between the folders of the core that {@link coreLayers} does not allow. Tests may import anything. */
export function coreFindings(tree: Tree): readonly Finding[] {
  return packageSources(tree, "core")
    .filter((path) => !isTestCode(path))
    .flatMap((path) => fileFindings(path, tree.text(path)));
}

function fileFindings(path: string, source: string): readonly Finding[] {
  const from = partOf(path);
  return importsOf(source)
    .filter(({ kind, specifier }) => kind === "value" && specifier.startsWith("."))
    .map(({ specifier, line }) => ({ line, target: new URL(specifier, `file:///${path}`).pathname.slice(1) }))
    .filter(({ target }) => !isAllowed(from, target))
    .map(({ line, target }) => ({
      path,
      line,
      rule: `In the core, ${from} may not import ${partOf(target)}`,
      advice: "Move what both need to the main part, or load it when asked for with import(…).",
    }));
}

function isAllowed(from: string, target: string): boolean {
  const to = partOf(target);
  return to === from || coreLayers[from]!.includes(to);
}

function partOf(path: string): string {
  const folder = path.split("/")[3]!; // packages/core/src/FOLDER
  return coreLayers[folder] === undefined ? "main" : folder;
}
