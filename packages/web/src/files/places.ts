import { FileError, type FileErrorCode, type FileStat, type FileTree } from "@hawser/core";
import { endingOf, type FileProcessor, type FilesSettings } from "./options.ts";

/** A file to be sent. */
export interface FilePlace {
  readonly type: "file";
  readonly path: readonly string[];
  readonly stat: FileStat;
}

/** A file whose processor answers. */
export interface ScriptPlace {
  readonly type: "script";
  readonly path: readonly string[];
  readonly pathInfo: readonly string[];
  readonly processor: FileProcessor;
}

/** A folder, and the file that stands for it if there is one. */
export interface FolderPlace {
  readonly type: "folder";
  readonly path: readonly string[];
  readonly index: FilePlace | ScriptPlace | undefined;
}

/** What a path leads to; `undefined` when nothing is there. */
export type Place = FilePlace | ScriptPlace | FolderPlace | undefined;

/**
 * Finds what a path leads to. What stands behind a file is for its processor (PATH_INFO, RFC 3875 §4.1.5), and nowhere
 * when it has none.
 * @throws {FileError} when the tree cannot say
 */
export async function findPlace(tree: FileTree, path: readonly string[], settings: FilesSettings): Promise<Place> {
  if (!settings.hidden && path.some(isHidden)) return undefined;
  const stat = await statIfThere(tree, path);
  if (stat?.kind === "directory") return { type: "folder", path, index: await findIndex(tree, path, settings) };
  if (stat?.kind === "file") return filePlace(path, stat, settings);
  return stat === undefined ? findScriptAbove(tree, path, settings) : undefined;
}

/** What a tree knows about a path; `undefined` when it leads nowhere, or out of the tree, which is told to nobody. */
export async function statIfThere(tree: FileTree, path: readonly string[]): Promise<FileStat | undefined> {
  try {
    return await tree.stat(path);
  } catch (error) {
    if (error instanceof FileError && nowhere.has(error.code)) return undefined;
    throw error;
  }
}

/** Says whether a segment is hidden: it begins with a dot, and is not the first one of well-known places (RFC 8615). */
export function isHidden(segment: string, at: number): boolean {
  return segment.startsWith(".") && !(at === 0 && segment === ".well-known");
}

async function findIndex(
  tree: FileTree,
  folder: readonly string[],
  settings: FilesSettings,
): Promise<FilePlace | ScriptPlace | undefined> {
  for (const name of settings.index) {
    const path = [...folder, name];
    const stat = await statIfThere(tree, path);
    if (stat?.kind === "file") return filePlace(path, stat, settings);
  }
  return undefined;
}

/** Only names that a processor has a claim to are looked at, so that a path costs no more calls than it needs. */
async function findScriptAbove(tree: FileTree, path: readonly string[], settings: FilesSettings): Promise<Place> {
  for (let length = 1; length < path.length; length++) {
    const processor = settings.processors.get(endingOf(path[length - 1]!));
    if (processor === undefined) continue;
    const above = path.slice(0, length);
    const stat = await statIfThere(tree, above);
    if (stat?.kind === "file") return { type: "script", path: above, pathInfo: path.slice(length), processor };
    if (stat === undefined) return undefined;
  }
  return undefined;
}

function filePlace(path: readonly string[], stat: FileStat, settings: FilesSettings): FilePlace | ScriptPlace {
  const processor = settings.processors.get(endingOf(path.at(-1) ?? ""));
  return processor === undefined ? { type: "file", path, stat } : { type: "script", path, pathInfo: [], processor };
}

const nowhere: ReadonlySet<FileErrorCode> = new Set<FileErrorCode>(["not-found", "not-a-directory", "invalid-path"]);
