import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fakeTree } from "../tree.ts";
import { builtPath, sourcePath, testFiles } from "./files.ts";
import { selections } from "./selections.ts";

const paths = [
  "packages/ftp/src/a.ts",
  "packages/ftp/src/a.test.ts",
  "packages/ftp/src/a.test-kit.ts",
  "packages/ftp/src/curl.interop.test.ts",
  "packages/ftp/src/faults.test.ts",
  "tools/src/checks/tidy.test.ts",
];

describe("the selections of tests", () => {
  const tree = fakeTree(Object.fromEntries(paths.map((path) => [path, path.includes("faults") ? "seeds({})" : ""])));
  const selected = (name: string) =>
    testFiles(tree)
      .filter((path) => selections[name]!.takes(path, tree.text(path)))
      .map((path) => path.split("/").at(-1));

  test("all is everything that needs no outside program", () => {
    assert.deepEqual(selected("all"), ["a.test.ts", "faults.test.ts", "tidy.test.ts"]);
  });

  test("tests leaves out the checks of the sources", () => {
    assert.deepEqual(selected("tests"), ["a.test.ts", "faults.test.ts"]);
  });

  test("interop and soak take their own", () => {
    assert.deepEqual(selected("interop"), ["curl.interop.test.ts"]);
    assert.deepEqual(selected("soak"), ["faults.test.ts"]);
  });
});

describe("builtPath", () => {
  test("and sourcePath lead to each other", () => {
    assert.equal(builtPath("packages/ftp/src/x/a.test.ts"), "packages/ftp/dist/x/a.test.js");
    assert.equal(sourcePath(builtPath("packages/ftp/src/x/a.test.ts")), "packages/ftp/src/x/a.test.ts");
  });
});
