import type { Tree } from "../tree.ts";

/** The pages for readers; everything else that ends in .md is data of a test or a site. */
const pagePath = /^([A-Z]+\.md|(docs|packages|examples|bench)\/.*\.md)$/;

/** The pages of the repository whose programs are compiled and run. */
export function pagesOf(tree: Tree): readonly string[] {
  return tree.paths.filter((path) => pagePath.test(path));
}
