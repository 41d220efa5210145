import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { manifestOf } from "../layers/manifest.ts";
import { packageFolders } from "../layers/packages.ts";
import { repository, root } from "../tree.ts";
import { type Entry, entriesOf } from "./entries.ts";

/**
 * Joins the modules that the compiler made into few files, because Node takes longer to find a small module than to run
 * it: `packages/NAME/bundle` from `packages/NAME/dist`, for every package whose build is newer than its bundle.
 *
 * The entries of a package are bundled together and share what they have in common, so each class exists once. What is
 * loaded later by `import()` stays apart, and other packages stay imports. The names that people see in a stack trace
 * stay, too.
 */
export async function bundlePackages(): Promise<void> {
  const tree = repository();
  for (const folder of packageFolders(tree)) {
    const entries = entriesOf(manifestOf(tree, `packages/${folder}/package.json`));
    const path = join(root, "packages", folder);
    if (entries.length > 0 && isStale(path, entries)) await bundlePackage(path, entries);
  }
}

function isStale(path: string, entries: readonly Entry[]): boolean {
  const bundled = entries.map((entry) => join(path, entry.bundled));
  if (!bundled.every(existsSync)) return true;
  const causes = [join(path, "dist/.tsbuildinfo"), join(path, "package.json"), fileURLToPath(import.meta.url)];
  return Math.min(...bundled.map(modifiedMs)) < Math.max(...causes.map(modifiedMs));
}

async function bundlePackage(path: string, entries: readonly Entry[]): Promise<void> {
  const { build } = await import("esbuild");
  rmSync(join(path, "bundle"), { recursive: true, force: true });
  await build({
    absWorkingDir: path,
    entryPoints: entries.map(({ built, bundled }) => ({ in: built, out: bundled.slice(0, -".js".length) })),
    outdir: ".",
    chunkNames: "bundle/shared/[hash]",
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "es2022",
    sourcemap: true,
    sourcesContent: false,
    logLevel: "warning",
  });
}

function modifiedMs(path: string): number {
  return statSync(path).mtimeMs;
}
