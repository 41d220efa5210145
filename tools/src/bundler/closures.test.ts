import assert from "node:assert/strict";
import { test } from "node:test";
import { assignFiles } from "./closures.ts";
import type { Entry } from "./entries.ts";

const entry = (name: string, isProgram: boolean = false): Entry => ({
  built: `dist/${name}.js`,
  bundled: `bundle/${name}.js`,
  isProgram,
});

function filesOf(entries: readonly Entry[], imports: Readonly<Record<string, readonly string[]>>) {
  const path = (name: string) => `/p/dist/${name}.js`;
  const named = new Map(Object.entries(imports).map(([name, list]) => [path(name), list.map(path)]));
  return new Map(
    [...assignFiles(entries, "/p", (module) => named.get(module) ?? [])].map(([module, file]) => [
      module.slice("/p/dist/".length, -".js".length),
      file,
    ]),
  );
}

test("what the first entry needs is one file, and the next ones have the rest", () => {
  const imports = { index: ["a", "b"], b: ["a"], "node/index": ["b", "node/c"] };
  assert.deepEqual(Object.fromEntries(filesOf([entry("index"), entry("node/index")], imports)), {
    index: "index",
    a: "index",
    b: "index",
    "node/index": "node-index",
    "node/c": "node-index",
  });
});

test("an entry that another one needs, and modules in a circle, lie in one file", () => {
  const files = filesOf([entry("e"), entry("f")], { e: ["f"], f: ["g"], g: ["e"] });
  assert.deepEqual(Object.fromEntries(files), { e: "e", f: "e", g: "e" });
});

test("a program lies alone: who needs what it has does not start it", () => {
  const files = filesOf([entry("main", true), entry("worker", true)], { main: ["a"], worker: ["a", "b"] });
  assert.deepEqual(Object.fromEntries(files), { a: "main", b: "worker" });
});
