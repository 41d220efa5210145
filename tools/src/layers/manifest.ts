import type { Tree } from "../tree.ts";

/** What the checks read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly imports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Reads a package.json. */
export function manifestOf(tree: Tree, path: string): Manifest {
  return JSON.parse(tree.text(path)) as Manifest;
}

/** The projects a tsconfig.json refers to, as they are spelled there. */
export function referencesOf(tree: Tree, path: string): readonly string[] {
  const config = JSON.parse(tree.text(path)) as { readonly references?: readonly { readonly path: string }[] };
  return (config.references ?? []).map((reference) => reference.path);
}
