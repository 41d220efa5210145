import type { Manifest } from "../layers/manifest.ts";

/** A module of a package that is loaded by name, from outside or by the package itself. */
export interface Entry {
  /** What the compiler made, relative to the package: `dist/node/index.js`. */
  readonly built: string;
  /** What is loaded: `bundle/node/index.js`. */
  readonly bundled: string;
  /** It is started, and does something by being loaded. */
  readonly isProgram: boolean;
}

/**
 * Whatever a package.json names below `./bundle/`: in its `exports`, for everybody, and in its `imports`, for the package
 * itself, which finds its own programs by such a name (`import.meta.resolve("#worker")`), since a bundle lies elsewhere than
 * its sources.
 */
export function entriesOf({ exports = {}, imports = {} }: Pick<Manifest, "exports" | "imports">): readonly Entry[] {
  const libraries = Object.values(exports).map((target) => (typeof target === "string" ? target : target.default));
  return [...entries(libraries, false), ...entries(Object.values(imports), true)];
}

function entries(targets: readonly string[], isProgram: boolean): readonly Entry[] {
  return targets
    .filter((target) => target.startsWith("./bundle/"))
    .map((target) => ({ built: target.replace("./bundle/", "dist/"), bundled: target.slice(2), isProgram }));
}
