import type { Finding } from "../finding.ts";
import type { Tree } from "../tree.ts";

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly link?: boolean; readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

const path = "package-lock.json";

/** What must be true of package-lock.json, so that `npm ci` works everywhere and tells nobody's registry. */
export function lockFindings(tree: Tree): readonly Finding[] {
  const text = tree.text(path);
  const { packages } = JSON.parse(text) as Lock;
  return [...hostFindings(text), ...platformFindings(packages)];
}

/** Where packages were fetched from concerns only the machine that fetched them. Links to our own folders may stay. */
function hostFindings(text: string): readonly Finding[] {
  return text
    .split("\n")
    .map((line, index) => ({
      line: index + 1,
      named: /"resolved": ".*:|"(https?|git|ssh)[^"]*:\/\//.test(line) && !/"url":/.test(line),
    }))
    .filter(({ named }) => named)
    .map(({ line }) => ({
      path,
      line,
      rule: "The lock file names no host",
      advice: "Run `npm install`: .npmrc tells npm to leave them out.",
    }));
}

/** npm refuses a lock file that lacks the optional packages of any platform. */
function platformFindings(packages: Lock["packages"]): readonly Finding[] {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !packages[`node_modules/${name}`] && !packages[`${parent}/node_modules/${name}`])
      .map((name) => ({
        path,
        line: 1,
        rule: `The lock file lacks ${name}, without which \`npm ci\` refuses it`,
        advice: "Run `node tools/lock.mjs`.",
      })),
  );
}
