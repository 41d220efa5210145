import { parse, resolve } from "node:path";
import { FileError, type Reactor, UsageError } from "@hawser/core";

/** A file of the reactor by a path as people write it, links and all: the tree is the whole disk. */
export function fileAt(
  reactor: Reactor,
  path: string,
  directory: string = "",
): { readonly tree: ReturnType<Reactor["files"]>; readonly path: string } {
  const absolute = resolve(directory, path);
  const { root } = parse(absolute);
  return { tree: reactor.files(root), path: absolute.slice(root.length) };
}

/** Reads a file whole. @throws {UsageError} `cannot read "x": no such file` */
export async function readWhole(reactor: Reactor, path: string, octetsMax: number): Promise<Uint8Array> {
  const file = fileAt(reactor, path);
  try {
    return await file.tree.readFile(file.path, { octetsMax });
  } catch (error) {
    throw new UsageError(`Cannot read ${JSON.stringify(path)}: ${fileFault(error)}`, { cause: error });
  }
}

/** Why a file could not be used, in the fewest words. */
export function fileFault(error: unknown): string {
  if (error instanceof RangeError) return "it is too long";
  const code = error instanceof FileError ? error.code : "failed";
  return faults[code] ?? (error instanceof Error ? error.message : String(error));
}

const faults: Readonly<Partial<Record<FileError["code"], string>>> = {
  "not-found": "no such file",
  "not-a-directory": "no such directory",
  "not-permitted": "permission denied",
  "is-a-directory": "it is a directory",
  "no-space": "no space left",
  "read-only": "the file system is read-only",
};

/** A reactor whose files are looked for from another folder than the present one. */
export function reactorIn(directory: string | undefined, reactor: Reactor): Reactor {
  if (directory === undefined) return reactor;
  const { kind, clock, random, network, names, processes, threads } = reactor;
  const files = (root: string) => reactor.files(resolve(directory, root));
  return { kind, clock, random, network, names, processes, threads, files };
}
