import type { Finding } from "../finding.ts";
import { type Manifest, manifestOf } from "../layers/manifest.ts";
import type { Tree } from "../tree.ts";

/** What must be true of every package.json. */
export function manifestFindings(tree: Tree): readonly Finding[] {
  const paths = tree.paths.filter((path) => /(^|\/)package\.json$/.test(path));
  const manifests = paths.map((path): [string, Manifest] => [path, manifestOf(tree, path)]);
  const versions = new Map(manifests.map(([, { name, version }]) => [name, version]));
  return manifests.flatMap(([path, manifest]) => [
    ...scriptFindings(path, manifest),
    ...versionFindings(path, manifest, versions),
    ...referenceFindings(tree, path, manifest),
    ...entryFindings(path, manifest),
  ]);
}

const installScripts = ["preinstall", "install", "postinstall", "prepare", "prepublish", "prepack", "postpack"];

/** Nothing runs because it was installed: our users are spared it, and `npm ci` cannot call itself. */
function scriptFindings(path: string, { scripts = {} }: Manifest): readonly Finding[] {
  return installScripts
    .filter((name) => scripts[name] !== undefined)
    .map((name) => ({ path, line: 1, rule: "Installing runs no scripts", advice: `Remove the script "${name}".` }));
}

function versionFindings(
  path: string,
  { dependencies, devDependencies, optionalDependencies }: Manifest,
  ours: ReadonlyMap<string, string>,
): readonly Finding[] {
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([name, version]) => version !== (ours.get(name) ?? version) || !/^\d/.test(version))
    .map(([name, version]) => ({
      path,
      line: 1,
      rule: "Dependencies are exact, and ours are the ones beside us",
      advice: `Write "${name}": "${ours.get(name) ?? version.replace(/^\D+/, "")}".`,
    }));
}

/** `tsc -b` in the root builds every package that there is. */
function referenceFindings(tree: Tree, path: string, { name }: Manifest): readonly Finding[] {
  const folder = path.replace(/\/?package\.json$/, "");
  if (folder === "" || !tree.paths.includes(`${folder}/tsconfig.json`)) return [];
  if (tree.text("tsconfig.json").includes(`"path": "${folder}"`)) return [];
  const advice = `Add { "path": "${folder}" } to the references of tsconfig.json.`;
  return [{ path: "tsconfig.json", line: 1, rule: `The root builds ${name}`, advice }];
}

/** What is loaded is bundled, and what is bundled is described by the types of the same module. */
function entryFindings(path: string, { exports = {} }: Manifest): readonly Finding[] {
  return Object.values(exports)
    .filter((entry) => typeof entry !== "string")
    .map((entry) => ({ entry, bundled: entry.types.replace("./dist/", "./bundle/").replace(/\.d\.ts$/, ".js") }))
    .filter(({ entry, bundled }) => entry.default !== bundled)
    .map(({ entry, bundled }) => ({
      path,
      line: 1,
      rule: "Entries are loaded from the bundle",
      advice: `Write "default": "${bundled}" beside "types": "${entry.types}".`,
    }));
}
