import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repository, root, sources } from "../tree.ts";
import { tokenize } from "./tokens.ts";

function cut(source: string): readonly string[] {
  return tokenize(source).map(({ kind, text }) => `${kind} ${text}`);
}

describe("tokenize", () => {
  test("tells words, strings, numbers and punctuators apart", () => {
    assert.deepEqual(cut(`const a = "b" + 0x1F;`), [
      "word const",
      "word a",
      "punctuator =",
      `string "b"`,
      "punctuator +",
      "number 0x1F",
      "punctuator ;",
    ]);
  });

  test("keeps what looks like code inside comments and strings there", () => {
    assert.deepEqual(cut(`"it's // no comment" // "no string"`), [
      `string "it's // no comment"`,
      `comment // "no string"`,
    ]);
    assert.deepEqual(cut("/* a\n * b */ c"), ["comment /* a\n * b */", "word c"]);
    assert.deepEqual(cut(`"a\\"b"`), [`string "a\\"b"`]);
  });

  test("goes into the expressions of a template and comes back", () => {
    assert.deepEqual(cut("`a${ { b: `c${d}` } }e` f"), [
      "template `a${",
      "punctuator {",
      "word b",
      "punctuator :",
      "template `c${",
      "word d",
      "template }`",
      "punctuator }",
      "template }e`",
      "word f",
    ]);
  });

  test("takes a slash for a regular expression only where an operand may stand", () => {
    assert.deepEqual(cut("a / b / c"), ["word a", "punctuator /", "word b", "punctuator /", "word c"]);
    assert.deepEqual(cut("return /[/'\"]/g"), ["word return", "regex /[/'\"]/g"]);
    assert.deepEqual(cut("f(/x\\/y/)"), ["word f", "punctuator (", "regex /x\\/y/", "punctuator )"]);
    assert.deepEqual(cut("x! / y / z").slice(2), ["punctuator /", "word y", "punctuator /", "word z"]);
    assert.deepEqual(cut("a = !/x/"), ["word a", "punctuator =", "punctuator !", "regex /x/"]);
    assert.deepEqual(cut("`${/`/}`"), ["template `${", "regex /`/", "template }`"]);
  });

  test("counts lines through comments and templates", () => {
    const lines = tokenize("a\n/*\n*/ b `\n` c").map(({ text, line }) => `${line} ${text.trim()}`);
    assert.deepEqual(lines, ["1 a", "2 /*\n*/", "3 b", "3 `\n`", "4 c"]);
  });

  test("loses no character of any source of the repository but white space", () => {
    for (const path of sources(repository())) {
      const source = readFileSync(join(root, path), "utf8");
      const joined = tokenize(source)
        .map(({ text }) => text)
        .join("");
      assert.equal(joined.replace(/\s/g, ""), source.replace(/\s/g, ""), path);
    }
  });

  test("ends on anything, whatever is left open", () => {
    for (const source of ["`${", "`a${b", '"a', "/*", "/", "}", "`${}}", "'\\"])
      assert.ok(tokenize(source).length > 0, source);
  });
});
