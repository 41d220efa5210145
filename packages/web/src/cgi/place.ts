import type { FileTree } from "@hawser/core";
import { throwHttpError } from "../files/faults.ts";
import type { ProcessedFile } from "../files/options.ts";
import type { HttpRequest } from "../http/request.ts";
import type { CgiPlace } from "./environment.ts";

/** Where a script lies, and the folder to run it in. */
export interface CgiScriptPlace extends CgiPlace {
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
  return {
    scriptName: decodeURIComponent(request.prefix) + spell(file.path),
    pathInfo: spell(file.pathInfo),
    scriptFile,
    directory: scriptFile.slice(0, Math.max(1, scriptFile.lastIndexOf("/"))),
    documentRoot,
  };
}

/** @throws {TypeError} when the tree does not lie on a disk */
export async function locate(tree: FileTree, path: readonly string[]): Promise<string> {
  if (tree.locate === undefined) throw new TypeError("Cannot run a script: its tree does not lie on a disk");
  return tree.locate(path).catch(throwHttpError);
}

function spell(path: readonly string[]): string {
  return path.map((segment) => `/${segment}`).join("");
}
