import { isTest, sources, type Tree } from "../tree.ts";

/**
 * The test files of the repository, as sources. They are listed from the sources and not from what was built, so that a
 * test that was removed does not live on in `dist`.
 */
export function testFiles(tree: Tree): readonly string[] {
  return sources(tree).filter((path) => isTest(path) && path.includes("/src/"));
}

/** What the compiler made of a source: `packages/a/src/b.test.ts` becomes `packages/a/dist/b.test.js`. */
export function builtPath(source: string): string {
  return source.replace("/src/", "/dist/").replace(/\.ts$/, ".js");
}

/** The way back, for messages. */
export function sourcePath(built: string): string {
  return built.replace("/dist/", "/src/").replace(/\.js$/, ".ts");
}
