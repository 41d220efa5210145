// Provisional shapes.
import type { FileTree } from "@hawser/core";
import type { HttpHandler, HttpResource, HttpRoot } from "../http/resource.ts";

export interface FilesOptions {
  readonly index?: readonly string[] | undefined;
  readonly listing?: boolean | undefined;
  readonly processors?: Readonly<Record<string, FileProcessor>> | undefined;
}
/** Answers for a file with a certain ending instead of sending it. `tree.locate(path)` tells programs where it lies. */
export type FileProcessor = (file: {
  readonly tree: FileTree;
  readonly path: readonly string[];
  readonly pathInfo: readonly string[];
}) => HttpHandler;
export interface HttpFiles extends HttpResource {
  mount(path: string, resource: HttpRoot): this;
}
export declare function files(root: string | FileTree, options?: FilesOptions): HttpFiles;
