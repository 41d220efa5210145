import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { batches, batchModule } from "./batches.ts";

describe("batches", () => {
  const cut = (texts: Readonly<Record<string, string>>) => batches(Object.keys(texts), (path) => texts[path]!);

  test("let neighbours share a process", () => {
    assert.deepEqual(
      cut({ "packages/a/src/x.test.ts": "", "packages/b/src/z.test.ts": "", "packages/a/src/y.test.ts": "" }),
      [["packages/a/src/x.test.ts", "packages/a/src/y.test.ts"], ["packages/b/src/z.test.ts"]],
    );
  });

  test("give a file its own when it would see what others do", () => {
    for (const text of [
      "before(() => {});",
      'process.env["HOME"] = "/";',
      "await seeds({});",
      'from "node:child_process"',
    ])
      assert.deepEqual(cut({ "packages/a/src/x.test.ts": "", "packages/a/src/y.test.ts": text }), [
        ["packages/a/src/x.test.ts"],
        ["packages/a/src/y.test.ts"],
      ]);
  });

  test("are cut alike, so that no process is the last by much", () => {
    const files = Array.from({ length: 21 }, (_, i) => `packages/a/src/${i}.test.ts`);
    assert.deepEqual(
      batches(files, () => "").map((batch) => batch.length),
      [7, 7, 7],
    );
  });

  test("are modules that import their files", () => {
    assert.equal(batchModule(["file:///a.js", "file:///b.js"]), 'import "file:///a.js";\nimport "file:///b.js";\n');
  });
});
