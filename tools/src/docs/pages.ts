import type { Tree } from "../tree.ts";
import { type Program, programsOf } from "./programs.ts";

/** The pages for readers; everything else that ends in .md is data of a test or a site. */
const pagePath = /^([A-Z]+\.md|(docs|packages|examples|bench)\/.*\.md)$/;

/** The programs of every page of the repository. */
export function allPrograms(tree: Tree): readonly Program[] {
  return tree.paths.filter((path) => pagePath.test(path)).flatMap((path) => programsOf(path, tree.text(path)));
}
