import type { FileTree } from "@hawser/core";
import { throwHttpError } from "../files/faults.ts";
import type { ProcessedFile } from "../files/options.ts";
import type { HttpRequest } from "../http/request.ts";
import type { CgiPlace } from "./environment.ts";

/** Where a script lies, and the folder to run it in. */
export interface CgiScriptPlace extends CgiPlace {
  readonly scriptFile: string;
  readonly directory: string;
}

/**
 * Finds where a script lies on the disk, and how the request's path is divided at it.
 * @param documentRoot where the site's files lie, when that is known
 */
export async function scriptPlace(
  request: HttpRequest,
  file: ProcessedFile,
  documentRoot: string | undefined,
): Promise<CgiScriptPlace> {
  const scriptFile = await locate(file.tree, file.path);
  const directory = scriptFile.slice(0, Math.max(1, scriptFile.lastIndexOf("/")));
  return { ...dividedPath(request, file), scriptFile, directory, documentRoot };
}

/**
 * The place of a file that a program elsewhere answers for.
 * @param root where the files lie as that program sees them. Default: where they lie for us
 */
export async function filePlace(
  request: HttpRequest,
  file: ProcessedFile,
  root?: string | undefined,
): Promise<CgiPlace> {
  const documentRoot = root ?? (await locate(file.tree, []));
  const scriptFile = root === undefined ? await locate(file.tree, file.path) : root + spell(file.path);
  return { ...dividedPath(request, file), scriptFile, documentRoot };
}

/**
 * The place of an application that answers for everything below it. With a `root` its file is `index` in there, as PHP
 * wants it; without, the application has no file, and its name is the path it is mounted at.
 */
export function applicationPlace(request: HttpRequest, root?: string | undefined, index = "index.php"): CgiPlace {
  const prefix = decodeURIComponent(request.prefix);
  const slash = request.path.endsWith("/") ? "/" : "";
  const pathInfo = spell(request.rest) + slash;
  if (root === undefined) return { scriptName: prefix, pathInfo };
  return { scriptName: `${prefix}/${index}`, pathInfo, scriptFile: `${root}/${index}`, documentRoot: root };
}

/** Says whether a script prints a whole HTTP response, as its name tells (RFC 3875 §5). */
export function isNph(scriptFile: string): boolean {
  return scriptFile.slice(scriptFile.lastIndexOf("/") + 1).startsWith("nph-");
}

/** @throws {TypeError} when the tree does not lie on a disk */
export async function locate(tree: FileTree, path: readonly string[]): Promise<string> {
  if (tree.locate === undefined) throw new TypeError("Cannot run a script: its tree does not lie on a disk");
  return tree.locate(path).catch(throwHttpError);
}

function dividedPath(request: HttpRequest, file: ProcessedFile): Pick<CgiPlace, "scriptName" | "pathInfo"> {
  return { scriptName: decodeURIComponent(request.prefix) + spell(file.path), pathInfo: spell(file.pathInfo) };
}

function spell(path: readonly string[]): string {
  return path.map((segment) => `/${segment}`).join("");
}
