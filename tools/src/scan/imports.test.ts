import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { importsOf } from "./imports.ts";

function seen(source: string): readonly string[] {
  return importsOf(source).map(({ kind, specifier, names }) => `${kind} ${specifier} ${names.join(" ")}`.trim());
}

const cases: readonly (readonly [source: string, found: readonly string[]])[] = [
  [`import "./a.ts";`, ["value ./a.ts"]],
  [`import a from "a";`, ["value a default"]],
  [`import * as a from "a";`, ["value a *"]],
  [`import { a, b as c, type D } from "x";`, ["value x a b"]],
  [`import a, { b } from "x";`, ["value x default b"]],
  [`import { type D } from "x";`, ["value x"]],
  [`import type { D } from "x";`, ["type x D"]],
  [`import type D from "x";`, ["type x default"]],
  [`import type from "x";`, ["value x default"]],
  [`export * from "x";`, ["value x *"]],
  [`export * as y from "x";`, ["value x *"]],
  [`export { a } from "x";`, ["value x a"]],
  [`export type { A } from "x";`, ["type x A"]],
  [`export { a };`, []],
  [`export const from = "x";`, []],
  [`export type A = "x";`, []],
  [`export function f() { return "from"; }`, []],
  [`const a = await import("./a.ts");`, ["dynamic ./a.ts *"]],
  ["const a = await import(name);", []],
  ["const a = import.meta.url;", []],
  [`// import "a";\nconst b = 'import "c"';`, []],
];

describe("importsOf", () => {
  for (const [source, found] of cases) {
    test(source, () => assert.deepEqual(seen(source), found));
  }

  test("tells the line of each", () => {
    assert.deepEqual(
      importsOf(`import "a";\nimport {\n  b,\n} from "c";`).map(({ line }) => line),
      [1, 4],
    );
  });
});
