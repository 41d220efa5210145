import { basename, dirname, parse, resolve } from "node:path";
import { FileError, type FileTree, quote, type Reactor, UsageError } from "@hawser/core";

/** A file as the reactor's trees know it. */
export interface MailFilePlace {
  readonly tree: FileTree;
  readonly path: string;
}

/** Where a path lies that a person wrote: an absolute one below the system's root, so that links may lead anywhere. */
export function mailFilePlace(reactor: Pick<Reactor, "files">, path: string): MailFilePlace {
  const { root } = parse(path);
  if (root === "") return { tree: reactor.files(dirname(path)), path: basename(path) };
  return { tree: reactor.files(root), path: resolve(path).slice(root.length) };
}

/** Reads a small file that an option names. @throws {UsageError} that says what could not be done with it */
export async function readNamedFile(reactor: Pick<Reactor, "files">, path: string, action: string): Promise<string> {
  const { tree, path: inside } = mailFilePlace(reactor, path);
  try {
    return Buffer.from(await tree.readFile(inside, { octetsMax: namedFileOctetsMax })).toString();
  } catch (error) {
    if (!(error instanceof FileError) && !(error instanceof RangeError)) throw error;
    throw new UsageError(`cannot ${action} ${quote(path)}: ${fileFault(error)}`, { cause: error });
  }
}

/** Why a file cannot be used, without where it lies. */
export function fileFault(error: unknown): string {
  if (error instanceof RangeError) return "it is too long";
  if (!(error instanceof FileError)) return error instanceof Error ? error.message : String(error);
  return words[error.code] ?? error.message;
}

const words: Partial<Record<FileError["code"], string>> = {
  exists: "it is there already",
  "is-a-directory": "it is a directory",
  "not-a-directory": "no such directory",
  "not-found": "no such file",
  "not-permitted": "permission denied",
  "no-space": "no space left",
  "read-only": "the file system is read-only",
};

/** Keys and certificates are small. */
const namedFileOctetsMax = 1_048_576;
