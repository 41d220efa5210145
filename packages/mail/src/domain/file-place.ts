import { basename, dirname, parse, sep } from "node:path";
import type { FileTree, Reactor } from "@hawser/core";

/** A file as the reactor's trees know it. */
export interface MailFilePlace {
  readonly tree: FileTree;
  readonly path: readonly string[];
}

/**
 * Where a path lies that who runs the server has written down. An absolute one is looked for from the root of the system, so that
 * links may lead anywhere (`/etc/aliases` is one on many systems); a relative one from its own folder.
 */
export function mailFilePlace(reactor: Pick<Reactor, "files">, path: string): MailFilePlace {
  const { root } = parse(path);
  if (root === "") return { tree: reactor.files(dirname(path)), path: [basename(path)] };
  const parts: string[] = [];
  for (const part of path.slice(root.length).split(sep === "/" ? "/" : /[\\/]/))
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  return { tree: reactor.files(root), path: parts };
}
