import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { manifestOf } from "../layers/manifest.ts";
import { packageFolders } from "../layers/packages.ts";
import { repository, root } from "../tree.ts";
import { closures } from "./closures.ts";
import { type Entry, entriesOf } from "./entries.ts";

/**
 * Joins the modules that the compiler made into few files, because Node takes longer to find a small module than to run
 * it: `packages/NAME/bundle` from `packages/NAME/dist`, for every package whose build is newer than its bundle.
 *
 * The entries of a package are bundled together and share what they have in common, so each class exists once:
 * {@link closures} tells how. Other packages stay imports. Lines and the names that people see in a stack trace stay, too:
 * taking them out was measured to save nothing that could be told from chance.
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
  const recipe = ["bundler.js", "closures.js", "entries.js"].map((name) =>
    fileURLToPath(new URL(name, import.meta.url)),
  );
  const causes = [join(path, "dist/.tsbuildinfo"), join(path, "package.json"), ...recipe];
  return Math.min(...bundled.map(modifiedMs)) < Math.max(...causes.map(modifiedMs));
}

async function bundlePackage(path: string, entries: readonly Entry[]): Promise<void> {
  const { rollup } = await import("rollup");
  rmSync(join(path, "bundle"), { recursive: true, force: true });
  const input = Object.fromEntries(entries.map(({ built, bundled }) => [withoutEnding(bundled), join(path, built)]));
  await using bundle = await rollup({
    input,
    external: (name) => !/^[./]/.test(name),
    treeshake: { moduleSideEffects: false },
    onLog: (level, log, tell) => log.code === "THIS_IS_UNDEFINED" || tell(level, log), // in what the compiler adds for `using`
  });
  await bundle.write({
    dir: path,
    entryFileNames: "[name].js",
    chunkFileNames: "bundle/shared/[name]-[hash].js",
    manualChunks: closures(entries, path),
    hoistTransitiveImports: false, // costs time, and helps only where files come over a network
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
}

function withoutEnding(name: string): string {
  return name.slice(0, -".js".length);
}

function modifiedMs(path: string): number {
  return statSync(path).mtimeMs;
}
