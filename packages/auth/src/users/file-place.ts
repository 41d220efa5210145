import { basename, dirname, parse, sep } from "node:path";
import type { FileTree, Reactor } from "@hawser/core";

/** A file as the reactor's trees know it. */
export interface FilePlace {
  readonly tree: FileTree;
  readonly path: readonly string[];
}

/**
 * Where a path lies. An absolute one is looked for from the root of the system, so that links may lead anywhere; a relative
 * one from its own folder.
 */
export function filePlace(reactor: Reactor, path: string): FilePlace {
  const { root } = parse(path);
  if (root === "") return { tree: reactor.files(dirname(path)), path: [basename(path)] };
  const parts = path.slice(root.length).split(sep === "/" ? "/" : /[\\/]/);
  return { tree: reactor.files(root), path: resolved(parts) };
}

/** Without `.`, and without `..` and what is before it: a tree takes neither. */
function resolved(parts: readonly string[]): readonly string[] {
  const path: string[] = [];
  for (const part of parts) {
    if (part === "..") path.pop();
    else if (part !== "" && part !== ".") path.push(part);
  }
  return path;
}
