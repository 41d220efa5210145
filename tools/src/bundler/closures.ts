import { join } from "node:path";
import type { GetManualChunk } from "rollup";
import type { Entry } from "./entries.ts";

/**
 * In which file a module lies: what the first entry needs is one file, what the second needs beyond that is another one, and
 * so on. So an entry loads few files, each of them useful to it or to an entry that a package names before it. Programs lie
 * alone, since nobody may start one who only needs what it has, too. What is loaded later by `import()` stays apart.
 */
export function closures(entries: readonly Entry[], path: string): GetManualChunk {
  let files: ReadonlyMap<string, string> | undefined;
  return (module, { getModuleInfo }) => {
    files ??= assignFiles(entries, path, (one) => getModuleInfo(one)?.importedIds ?? []);
    return files.get(module);
  };
}

/** The name of the file for every module that the entries of the package at `path` need. */
export function assignFiles(
  entries: readonly Entry[],
  path: string,
  importsOf: (module: string) => readonly string[],
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const programs = new Set(entries.filter(({ isProgram }) => isProgram).map(({ built }) => join(path, built)));
  for (const { built } of entries) {
    const name = built.replace(/^dist\/(.*)\.js$/, "$1").replaceAll("/", "-");
    const reached = new Set([join(path, built)]);
    for (const module of reached) {
      if (files.has(module)) continue;
      if (!programs.has(module)) files.set(module, name);
      for (const imported of importsOf(module)) reached.add(imported);
    }
  }
  return files;
}
