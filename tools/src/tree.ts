import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The files a check looks at. Paths are relative to the repository's root and use `/`. */
export interface Tree {
  readonly paths: readonly string[];
  text(path: string): string;
}

/** The folder that holds the repository. */
export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The repository as it lies on the disk, without what is built, installed or hidden. */
export function repository(): Tree {
  return { paths: [...walk("")].sort(), text: (path) => readFileSync(join(root, path), "utf8") };
}

/** A tree made of literals, for the tests of the checks. */
export function fakeTree(files: Readonly<Record<string, string>>): Tree {
  return {
    paths: Object.keys(files).sort(),
    text: (path) => {
      const text = files[path];
      if (text === undefined) throw new Error(`Cannot read "${path}": the tree has no such file`);
      return text;
    },
  };
}

/** The TypeScript sources of everything that is compiled here. */
export function sources(tree: Tree): readonly string[] {
  return tree.paths.filter((path) => /^(packages|tools|bench|examples)\/.*\.[cm]?ts$/.test(path));
}

/** True for a file that is run by `node --test`. */
export function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}

/** True for a test, and for what only tests share (`x.test-kit.ts`). None of it is shipped. */
export function isTestCode(path: string): boolean {
  return /\.test([.-]\w+)?\.ts$/.test(path);
}

const left = new Set(["node_modules", "dist", "bundle"]);

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (left.has(entry.name) || (entry.name.startsWith(".") && entry.name !== ".ci")) continue;
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}
