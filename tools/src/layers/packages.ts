import { isBuiltin } from "node:module";
import type { Finding } from "../finding.ts";
import { layers, packageName } from "../layers.ts";
import { type Import, importsOf } from "../scan/imports.ts";
import { isTestCode, type Tree } from "../tree.ts";
import { manifestOf, referencesOf } from "./manifest.ts";

/** Imports that the table, the package's manifest, or its compiler references do not allow. */
export function packageFindings(tree: Tree): readonly Finding[] {
  return packageFolders(tree).flatMap((folder) => [...unlistedPackage(folder), ...importFindings(tree, folder)]);
}

/** The packages that are present, by folder name. */
export function packageFolders(tree: Tree): readonly string[] {
  const manifests = tree.paths.map((path) => /^packages\/([^/]+)\/package\.json$/.exec(path)?.[1]);
  return manifests.filter((folder) => folder !== undefined);
}

/** The sources of one package. */
export function packageSources(tree: Tree, folder: string): readonly string[] {
  return tree.paths.filter((path) => path.startsWith(`packages/${folder}/src/`) && path.endsWith(".ts"));
}

function unlistedPackage(folder: string): readonly Finding[] {
  if (layers[folder] !== undefined) return [];
  const advice = "Add a row that says what it may import to tools/src/layers.ts.";
  return [{ path: `packages/${folder}/package.json`, line: 1, rule: "Every package has a place in the table", advice }];
}

function importFindings(tree: Tree, folder: string): readonly Finding[] {
  return packageSources(tree, folder).flatMap((path) =>
    importsOf(tree.text(path)).flatMap((one) =>
      one.specifier.startsWith(".") ? leavesPackage(path, folder, one) : foreignImport(tree, path, folder, one),
    ),
  );
}

function leavesPackage(path: string, folder: string, { specifier, line }: Import): readonly Finding[] {
  const target = new URL(specifier, `file:///${path}`).pathname;
  if (target.startsWith(`/packages/${folder}/src/`)) return [];
  const advice = `Import the other package by its name instead of "${specifier}".`;
  return [{ path, line, rule: "Relative imports stay inside src/", advice }];
}

function foreignImport(tree: Tree, path: string, folder: string, { specifier, line }: Import): readonly Finding[] {
  if (isBuiltin(specifier)) return [];
  const name = nameOf(specifier);
  const manifest = manifestOf(tree, `packages/${folder}/package.json`);
  if (name === manifest.name) return [];
  const inner = Object.keys(layers).find((other) => packageName(other) === name);
  const found = (rule: string, advice: string): Finding => ({ path, line, rule, advice });
  const findings: Finding[] = [];
  if (inner !== undefined && !layers[folder]?.includes(inner)) {
    const may = layers[folder]?.map(packageName).join(", ") || "no other package";
    findings.push(
      found(`${packageName(folder)} may not import ${name}`, `It may import ${may} (tools/src/layers.ts).`),
    );
  }
  const known = isTestCode(path)
    ? [manifest, manifestOf(tree, "package.json")].flatMap(allNames)
    : shippedNames(manifest);
  if (!known.includes(name)) {
    const advice = `Name ${name} in the dependencies of packages/${folder}/package.json.`;
    findings.push(found("What is imported is depended on", advice));
  }
  if (inner !== undefined && !referencesOf(tree, `packages/${folder}/tsconfig.json`).includes(`../${inner}`)) {
    const advice = `Add { "path": "../${inner}" } to the references of packages/${folder}/tsconfig.json.`;
    findings.push(found("The compiler knows what is imported", advice));
  }
  return findings;
}

/** `@hawser/core/node` is a part of `@hawser/core`. */
function nameOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

type Manifest = ReturnType<typeof manifestOf>;

function shippedNames({ dependencies, peerDependencies, optionalDependencies }: Manifest): readonly string[] {
  return [dependencies, peerDependencies, optionalDependencies].flatMap((named) => Object.keys(named ?? {}));
}

function allNames(manifest: Manifest): readonly string[] {
  return [...shippedNames(manifest), ...Object.keys(manifest.devDependencies ?? {})];
}
