import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { checkedSegments, decodePath } from "./guard.ts";
import type { TreePath } from "./tree.ts";

const invalid = { name: "FileError", code: "invalid-path" };

describe("checkedSegments", () => {
  const accepted: readonly [TreePath, readonly string[]][] = [
    ["", []],
    [[], []],
    ["a", ["a"]],
    ["docs/index.html", ["docs", "index.html"]],
    [
      ["docs", "index.html"],
      ["docs", "index.html"],
    ],
    ["...", ["..."]],
    ["..a/b..", ["..a", "b.."]],
    ["näme/日本", ["näme", "日本"]],
    ["x".repeat(255), ["x".repeat(255)]],
    ["é".repeat(127), ["é".repeat(127)]],
  ];
  for (const [path, segments] of accepted) {
    test(`takes ${JSON.stringify(path).slice(0, 40)}`, () => assert.deepEqual(checkedSegments(path), segments));
  }

  const refused: readonly (readonly [string, TreePath])[] = [
    ["the parent", ".."],
    ["the parent, deeper", "a/../../b"],
    ["the parent as a segment", ["a", ".."]],
    ["the same directory", "./a"],
    ["an absolute path", "/etc/passwd"],
    ["a trailing slash", "docs/"],
    ["an empty name", "a//b"],
    ["an empty segment", ["a", ""]],
    ["NUL", "a\0b"],
    ["a backslash", "..\\windows"],
    ["a separator inside a segment", ["a/b"]],
    ["a name of 256 octets", "x".repeat(256)],
    ["a name of 128 two-octet letters", "é".repeat(128)],
    ["a path of 4,098 octets", Array.from({ length: 2049 }, () => "x")],
    ["half a surrogate pair", "a\ud800"],
  ];
  for (const [what, path] of refused) {
    test(`refuses ${what}`, () => assert.throws(() => checkedSegments(path), invalid));
  }

  test("never lets out a segment that means something to a file system", () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", ".", "/", "\\", "\0", "%", "é") }), (path) => {
        try {
          for (const segment of checkedSegments(path)) assert.match(segment, /^(?!\.{1,2}$)[^/\\\0]+$/);
        } catch (error) {
          assert.equal((error as { code?: string }).code, "invalid-path");
        }
      }),
    ));
});

describe("decodePath", () => {
  const accepted: readonly (readonly [string, readonly string[]])[] = [
    ["/", []],
    ["", []],
    ["/docs/a%20b.html", ["docs", "a b.html"]],
    ["/docs/", ["docs"]],
    ["/100%25", ["100%"]],
    ["/%252e%252e", ["%2e%2e"]],
    ["/na%C3%AFve", ["naïve"]],
    ["/a+b", ["a+b"]],
  ];
  for (const [path, segments] of accepted) {
    test(`takes ${path}`, () => assert.deepEqual(decodePath(path), segments));
  }
  test("takes names that are too long for a file: not every path names one", () => {
    assert.deepEqual(decodePath(`/reset/${"x".repeat(5_000)}`), ["reset", "x".repeat(5_000)]);
  });

  const refused = [
    "/../x",
    "/%2e%2e/x",
    "/.%2e",
    "/%2E",
    "/a%2fb",
    "/a%2Fb",
    "/a%5cb",
    "/a%00",
    "//etc",
    "//",
    "/a//b",
  ];
  const malformed = ["/%", "/%zz", "/%c0%ae%c0%ae/", "/%ff", "/%ed%a0%80"];
  for (const path of [...refused, ...malformed]) {
    test(`refuses ${path}`, () => assert.throws(() => decodePath(path), invalid));
  }
});
