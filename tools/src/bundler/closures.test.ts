import assert from "node:assert/strict";
import { test } from "node:test";
import { assignFiles } from "./closures.ts";

test("what the first entry needs is one file, and the next ones have the rest", () => {
  const imports: Readonly<Record<string, readonly string[]>> = {
    "/p/dist/index.js": ["/p/dist/a.js", "/p/dist/b.js"],
    "/p/dist/b.js": ["/p/dist/a.js"],
    "/p/dist/node/index.js": ["/p/dist/b.js", "/p/dist/node/c.js"],
  };
  const entries = ["/p/dist/index.js", "/p/dist/node/index.js"];
  const files = assignFiles(entries, "/p/dist", (module) => imports[module] ?? []);
  assert.deepEqual(Object.fromEntries(files), {
    "/p/dist/index.js": "index",
    "/p/dist/a.js": "index",
    "/p/dist/b.js": "index",
    "/p/dist/node/index.js": "node-index",
    "/p/dist/node/c.js": "node-index",
  });
});

test("an entry that another one needs, and modules in a circle, lie in one file", () => {
  const imports: Readonly<Record<string, readonly string[]>> = {
    "/e.js": ["/f.js"],
    "/f.js": ["/g.js"],
    "/g.js": ["/e.js"],
  };
  const files = assignFiles(["/e.js", "/f.js"], "/", (module) => imports[module] ?? []);
  assert.deepEqual([...new Set(files.values())], ["e"]);
});
