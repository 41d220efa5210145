import { relative } from "node:path";
import type { GetManualChunk } from "rollup";

/**
 * In which file a module lies: what the first entry needs is one file, what the second needs beyond that is another one, and
 * so on. So an entry loads few files, each of them useful to it or to an entry that a package names before it. What is
 * loaded later by `import()` stays apart.
 */
export function closures(entries: readonly string[], folder: string): GetManualChunk {
  let files: ReadonlyMap<string, string> | undefined;
  return (module, { getModuleInfo }) => {
    files ??= assignFiles(entries, folder, (one) => getModuleInfo(one)?.importedIds ?? []);
    return files.get(module);
  };
}

/** The name of the file for every module that an entry needs; `importsOf` tells what a module imports at once. */
export function assignFiles(
  entries: readonly string[],
  folder: string,
  importsOf: (module: string) => readonly string[],
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const entry of entries) {
    const name = relative(folder, entry).replace(/\.js$/, "").replaceAll("/", "-");
    const reached = new Set([entry]);
    for (const module of reached) {
      if (files.has(module)) continue;
      files.set(module, name);
      for (const imported of importsOf(module)) reached.add(imported);
    }
  }
  return files;
}
