import { execFileSync } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { testSite } from "./site.ts";

const main = fileURLToPath(new URL("../../bin/hawser.js", import.meta.url));
const directory = fileURLToPath(new URL(".", import.meta.url));

/** What a program has loaded until it ended, as the engine's own coverage tells. */
export interface LoadedModules {
  /** Files, and how much they hold together. */
  readonly files: number;
  readonly octets: number;
  /** The packages in `node_modules` that some of the files belong to. */
  readonly packages: ReadonlySet<string>;
  /** Modules of Node that were loaded on top of what it starts with: `node:net`. */
  readonly builtIns: ReadonlySet<string>;
}

/** Runs `hawser …` until it says something, as that it listens. */
export function loadedByHawser(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<LoadedModules> {
  return loadedBy(`
    Object.assign(process.env, ${JSON.stringify(environment)});
    process.argv = ${JSON.stringify([process.execPath, main, ...words])};
    process.stdout.write = () => setImmediate(() => process.exit(0));
    await import(process.argv[1]);
  `);
}

/** Imports a module, and does nothing with it. */
export function loadedByImport(specifier: string): Promise<LoadedModules> {
  return loadedBy(`import ${JSON.stringify(specifier)}`);
}

async function loadedBy(program: string): Promise<LoadedModules> {
  const [before, after] = [await covered(""), await covered(program)];
  const files = after
    .filter((url) => url.startsWith("file:") && !url.endsWith("[eval1]"))
    .map((url) => fileURLToPath(url));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const names = files.map((file) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  return {
    files: files.length,
    octets: sizes.reduce((sum, size) => sum + size, 0),
    packages: new Set(names.filter((name) => name !== undefined)),
    builtIns: new Set(after.filter((url) => url.startsWith("node:") && !before.includes(url))),
  };
}

async function covered(program: string): Promise<readonly string[]> {
  await using reports = await testSite({});
  const env = { ...process.env, NODE_V8_COVERAGE: reports.folder };
  execFileSync(process.execPath, ["--input-type=module", "-e", program], { cwd: directory, env });
  const [name] = await readdir(reports.folder);
  const report: unknown = JSON.parse(await readFile(reports.path(name!), "utf8"));
  return (report as { readonly result: readonly { readonly url: string }[] }).result.map(({ url }) => url);
}
