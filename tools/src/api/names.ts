import { posix } from "node:path";
import type { Finding } from "../finding.ts";
import { manifestOf } from "../layers/manifest.ts";
import { packageFolders } from "../layers/packages.ts";
import type { Tree } from "../tree.ts";
import { exportsOf, type ModuleExports } from "./declarations.ts";

/** A name that somebody may import from us, and the one place where it is declared. */
interface PublicName {
  readonly alias: string;
  readonly name: string;
  /** The declaration file. */
  readonly origin: string;
  readonly documented: boolean;
}

/**
 * Public names that mean two things, or that nobody explained. They are read from the declaration files of every entry
 * in every `exports`, so the repository must be built.
 */
export function nameFindings(tree: Tree): readonly Finding[] {
  const names = new ModuleReader(tree);
  const all = packageFolders(tree).flatMap((folder) => entriesOf(tree, folder).flatMap((entry) => names.of(entry)));
  const first = new Map<string, PublicName>();
  const findings = new Map<string, Finding>();
  for (const one of all) {
    const other = first.get(one.alias) ?? one;
    first.set(one.alias, other);
    const key = `${one.alias} ${one.origin}`;
    if (other.origin !== one.origin || other.name !== one.name) findings.set(key, taken(tree, one, other));
    else if (!one.documented) findings.set(key, undocumented(tree, one));
  }
  return [...findings.values()];
}

function entriesOf(tree: Tree, folder: string): readonly string[] {
  const { exports = {} } = manifestOf(tree, `packages/${folder}/package.json`);
  return Object.values(exports)
    .map((entry) => (typeof entry === "string" ? "" : entry.types))
    .filter((types) => types.endsWith(".d.ts") && !types.includes("*"))
    .map((types) => posix.join("packages", folder, types));
}

/** Follows re-exports inside a package; what comes from another package is counted there. */
class ModuleReader {
  readonly #tree: Tree;
  readonly #modules = new Map<string, ModuleExports>();

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  of(path: string, seen: ReadonlySet<string> = new Set()): readonly PublicName[] {
    if (seen.has(path)) return [];
    const { own, taken, stars } = this.#read(path);
    const inner = new Set([...seen, path]);
    return [
      ...[...own].map(([alias, { name, documented }]) => ({ alias, name, origin: path, documented })),
      ...taken.filter(isInner).flatMap(({ name, alias, specifier }) =>
        this.of(resolve(path, specifier), inner)
          .filter((one) => one.alias === name)
          .map((one) => ({ ...one, alias })),
      ),
      ...stars.filter((specifier) => isInner({ specifier })).flatMap((one) => this.of(resolve(path, one), inner)),
    ];
  }

  #read(path: string): ModuleExports {
    const known = this.#modules.get(path) ?? exportsOf(this.#tree.text(path));
    this.#modules.set(path, known);
    return known;
  }
}

function isInner({ specifier }: { readonly specifier: string }): boolean {
  return specifier.startsWith(".");
}

function resolve(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier.replace(/\.[jt]s$/, ".d.ts"));
}

function taken(tree: Tree, one: PublicName, other: PublicName): Finding {
  const { path, line } = placeOf(tree, other);
  const advice = `${path}:${line} exports it too: give one of them its protocol's prefix, or keep it out of the index.`;
  return { ...placeOf(tree, one), rule: `The public name ${one.alias} means one thing in the whole toolkit`, advice };
}

function undocumented(tree: Tree, one: PublicName): Finding {
  const rule = `The public name ${one.alias} has a doc comment`;
  return { ...placeOf(tree, one), rule, advice: "Say in one sentence what it is, then why, default, errors, RFC." };
}

/** The line of the source which declares the name; the first when it cannot be told. */
function placeOf(tree: Tree, { name, origin }: PublicName): { readonly path: string; readonly line: number } {
  const path = origin.replace("/dist/", "/src/").replace(/\.d\.ts$/, ".ts");
  if (!tree.paths.includes(path)) return { path, line: 1 };
  const declares = new RegExp(`^(export|declare|abstract|class|const|function|interface|type)\\b.*\\b${name}\\b`);
  const index = tree
    .text(path)
    .split("\n")
    .findIndex((line) => declares.test(line));
  return { path, line: Math.max(index, 0) + 1 };
}
