import { normalize, parse } from "node:path";
import { FileError, type FileTree, quote, type Reactor, UsageError } from "@hawser/core";
import { mailFilePlace } from "../domain/file-place.ts";

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

/** Makes a folder that an option names, and those above it, for their owner alone where they are new. @throws {FileError} */
export async function makeNamedFolder(reactor: Pick<Reactor, "files">, path: string): Promise<FileTree> {
  const { root } = parse(path);
  const parts = normalize(path)
    .slice(root.length)
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  const up = parts.filter((part) => part === "..");
  const tree = reactor.files(root || up.join("/") || ".");
  for (let depth = up.length + 1; depth <= parts.length; depth++) {
    const folder = parts.slice(up.length, depth);
    if (await makeFolder(tree, folder)) await tree.setAttributes(folder, { mode: 0o700 });
  }
  return tree.at(parts.slice(up.length));
}

/** Makes one folder. @returns false when it was there */
export async function makeFolder(tree: FileTree, path: string | readonly string[]): Promise<boolean> {
  try {
    await tree.makeDirectory(path);
    return true;
  } catch (error) {
    if (error instanceof FileError && error.code === "exists") return false;
    throw error;
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
