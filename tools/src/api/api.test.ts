import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fakeTree } from "../tree.ts";
import { exportsOf } from "./declarations.ts";
import { nameFindings } from "./names.ts";

describe("exportsOf", () => {
  const own = (source: string) =>
    [...exportsOf(source).own].map(([alias, { documented }]) => `${alias}${documented ? "" : " ?"}`);

  test("reads every kind of declaration, and whether it is documented", () => {
    const source = `
      /** One. */
      export declare function one(a: { export: number }): void;
      export interface Two { /** inside */ a: 1; }
      /** Three. */
      export declare abstract class Three { private x; }
      // four
      export declare const four: { readonly a: 1 };
      /** Five. */
      export type Five = 5;
      export declare const Five: 5;
      declare const hidden: 1;
      export {};
    `;
    assert.deepEqual(own(source), ["one", "Two ?", "Three", "four ?", "Five"]);
  });

  test("reads lists, aliases and stars", () => {
    const source = `
      /** A. */
      declare class a {}
      declare class b {}
      export { a, b as c };
      export { d, type E as F } from "./d.ts";
      export type { G } from "./g.ts";
      export * from "./h.ts";
      export * as ns from "./i.ts";
    `;
    assert.deepEqual(own(source), ["a", "c ?"]);
    assert.deepEqual(
      exportsOf(source).taken.map(({ name, alias, specifier }) => `${name} ${alias} ${specifier}`),
      ["d d ./d.ts", "E F ./d.ts", "G G ./g.ts"],
    );
    assert.deepEqual(exportsOf(source).stars, ["./h.ts"]);
  });
});

describe("nameFindings", () => {
  const manifest = (name: string, ...entries: readonly string[]) =>
    JSON.stringify({
      name,
      exports: Object.fromEntries(entries.map((entry) => [entry, { types: `./dist/${entry}.d.ts`, default: "" }])),
    });
  const findings = (files: Readonly<Record<string, string>>) =>
    nameFindings(fakeTree(files)).map(({ path, line, rule }) => `${path}:${line} ${rule}`);

  test("finds a name that two modules declare, through whatever re-exports", () => {
    assert.deepEqual(
      findings({
        "packages/a/package.json": manifest("a", "index"),
        "packages/a/dist/index.d.ts": `export * from "./x.ts";`,
        "packages/a/dist/x.d.ts": "/** A. */\nexport interface Reply {}",
        "packages/b/package.json": manifest("b", "index"),
        "packages/b/dist/index.d.ts": `export { Answer as Reply } from "./y.ts";`,
        "packages/b/dist/y.d.ts": "/** B. */\nexport interface Answer {}",
        "packages/b/src/y.ts": "\n\nexport interface Answer {}",
      }),
      ["packages/b/src/y.ts:3 The public name Reply means one thing in the whole toolkit"],
    );
  });

  test("lets one thing be reached through several entries and packages", () => {
    assert.deepEqual(
      findings({
        "packages/a/package.json": manifest("a", "index", "node"),
        "packages/a/dist/index.d.ts": `export * from "./node.ts";`,
        "packages/a/dist/node.d.ts": "/** A. */\nexport interface Reply {}",
        "packages/hawser/package.json": manifest("hawser", "index"),
        "packages/hawser/dist/index.d.ts": `export * from "a";`,
      }),
      [],
    );
  });

  test("finds what nobody explained", () => {
    assert.deepEqual(
      findings({
        "packages/a/package.json": manifest("a", "index"),
        "packages/a/dist/index.d.ts": "export declare function f(): void;",
        "packages/a/src/index.ts": "const a = 1;\nexport function f() {}",
      }),
      ["packages/a/src/index.ts:2 The public name f has a doc comment"],
    );
  });
});
