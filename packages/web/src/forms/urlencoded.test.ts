import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatUrlEncoded, type HttpFormPair, parseUrlEncoded, safeFileName } from "./index.ts";

describe("parseUrlEncoded (WHATWG URL §5.1)", () => {
  const rows: readonly [text: string, ...pairs: HttpFormPair[]][] = [
    [""],
    ["&&&"],
    ["test", ["test", ""]],
    ["=test", ["", "test"]],
    ["&a=b&c==d", ["a", "b"], ["c", "=d"]],
    ["a+b=%2B%20&a+b=2", ["a b", "+ "], ["a b", "2"]],
    ["%=%1&%zz=%4", ["%", "%1"], ["%zz", "%4"]],
    ["%FE%FF=\u00e4", ["\ufffd\ufffd", "ä"]],
    ["%EF%BB%BFa=%EF%BB%BF", ["\ufeffa", "\ufeff"]],
  ];
  for (const [text, ...pairs] of rows) {
    test(JSON.stringify(text), () => {
      assert.deepEqual(parseUrlEncoded(text), pairs);
      assert.deepEqual(parseUrlEncoded(Buffer.from(text)), pairs);
    });
  }

  test("reads any ASCII text as URLSearchParams does", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "=", "&", "+", "%", "2", "0", "e", "f", "\0") });
    fc.assert(fc.property(text, (t) => assert.deepEqual(parseUrlEncoded(t), [...new URLSearchParams(`&${t}`)])));
  });

  test("reads back what formatUrlEncoded writes, and that is what URLSearchParams writes", () => {
    const text = fc.string({ unit: "binary" }).filter((s) => !/\p{Surrogate}/u.test(s));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
        const written = formatUrlEncoded(pairs);
        assert.equal(written, new URLSearchParams(pairs).toString());
        assert.deepEqual(parseUrlEncoded(written), pairs);
      }),
    );
    assert.throws(() => formatUrlEncoded([["\ud800", ""]]), TypeError);
  });

  test("passing a limit is too large, reaching it is not", () => {
    const limits = { partsMax: 2, nameOctetsMax: 2, fieldOctetsMax: 3, bodyOctetsMax: 13 };
    assert.deepEqual(parseUrlEncoded("ab=123&%31=%32", { ...limits, bodyOctetsMax: 14 }).length, 2);
    for (const text of ["a&b&c", "abc=1", "a=1234", "a=%31%32%33%34", "ab=1&c=12&&&&&&"]) {
      assert.throws(() => parseUrlEncoded(text, limits), { code: "too-large" }, text);
    }
  });
});

describe("safeFileName", () => {
  const rows: readonly [filename: string, safe: string][] = [
    ["report.pdf", "report.pdf"],
    ["naïve €.txt", "naïve €.txt"],
    ["../../etc/passwd", "passwd"],
    ["C:\\Users\\a\\b.txt", "b.txt"],
    ["/", "file"],
    ["..", "file"],
    [".bashrc", "bashrc"],
    ["a\0b\r\n.txt", "ab.txt"],
    ["a.txt:stream", "a.txtstream"],
    ["trailing. . ", "trailing"],
    ["CON", "file"],
    ["nul.txt", "file"],
    ["com10.txt", "com10.txt"],
    ["\u202egpj.exe", "gpj.exe"],
    ["\ud800", "file"],
    ["", "file"],
  ];
  for (const [filename, safe] of rows) {
    test(JSON.stringify(filename), () => assert.equal(safeFileName(filename), safe));
  }

  test("cuts a long name between characters and keeps its extension", () => {
    const safe = safeFileName(`${"€".repeat(300)}.jpeg`);
    assert.equal(safe, `${"€".repeat(83)}.jpeg`);
    assert.ok(Buffer.byteLength(safe) <= 255);
  });

  test("gives one plain name for anything", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (filename) => {
        const safe = safeFileName(filename);
        assert.match(safe, /^[^./\\\0][^/\\\0]*$/);
        assert.ok(Buffer.byteLength(safe) <= 255);
        assert.equal(safeFileName(safe), safe);
      }),
    );
  });
});
