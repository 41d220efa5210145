import { basename, dirname, isAbsolute } from "node:path";
import type { FileTree, Reactor } from "@hawser/core";

/** A file as the reactor's trees know it. */
export interface DnsFilePlace {
  readonly tree: FileTree;
  readonly path: readonly string[];
}

/** An absolute path is looked for from the root of the system, so that links may lead anywhere; others from their own folder. */
export function filePlace(reactor: Reactor, path: string): DnsFilePlace {
  if (!isAbsolute(path)) return { tree: reactor.files(dirname(path)), path: [basename(path)] };
  return { tree: reactor.files("/"), path: path.split("/").filter((part) => part !== "" && part !== ".") };
}
