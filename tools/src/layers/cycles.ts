import { posix } from "node:path";
import type { Finding } from "../finding.ts";
import { importsOf } from "../scan/imports.ts";
import type { Tree } from "../tree.ts";
import { packageFolders, packageSources } from "./packages.ts";

/** Modules of a package that load each other in a circle. Type-only and dynamic imports may: they load nothing. */
export function cycleFindings(tree: Tree): readonly Finding[] {
  return packageFolders(tree).flatMap((folder) => {
    const graph = new Map(packageSources(tree, folder).map((path) => [path, loadsOf(tree, path)]));
    return cyclesOf(graph).map(cycleFinding);
  });
}

interface Load {
  readonly target: string;
  readonly line: number;
}

function loadsOf(tree: Tree, path: string): readonly Load[] {
  return importsOf(tree.text(path))
    .filter(({ kind, specifier }) => kind === "value" && specifier.startsWith("."))
    .map(({ specifier, line }) => ({ target: posix.join(posix.dirname(path), specifier), line }));
}

/** Walks every module once, depth first; a load of a module that is still open closes a circle. */
function cyclesOf(graph: ReadonlyMap<string, readonly Load[]>): readonly (readonly [Load, ...string[]])[] {
  const cycles: [Load, ...string[]][] = [];
  const finished = new Set<string>();
  const open: string[] = [];
  const visit = (path: string): void => {
    open.push(path);
    for (const load of graph.get(path) ?? []) {
      const start = open.indexOf(load.target);
      if (start >= 0) cycles.push([load, ...open.slice(start)]);
      else if (!finished.has(load.target)) visit(load.target);
    }
    open.pop();
    finished.add(path);
  };
  for (const path of graph.keys()) if (!finished.has(path)) visit(path);
  return cycles;
}

function cycleFinding([load, ...circle]: readonly [Load, ...string[]]): Finding {
  const names = [...circle, load.target].map((path) => path.replace(/^packages\/[^/]+\/src\//, ""));
  return {
    path: circle.at(-1)!,
    line: load.line,
    rule: "Modules do not import each other in a circle",
    advice: `Move what they share to a module of its own, or import types only: ${names.join(" → ")}.`,
  };
}
