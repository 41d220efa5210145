import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatMimeValue, parseMimeValue } from "./parameters.ts";

describe("parseMimeValue", () => {
  const rows: readonly (readonly [text: string, value: string, parameters: Readonly<Record<string, string>>])[] = [
    ["text/plain; charset=us-ascii (Plain text)", "text/plain", { charset: "us-ascii" }], // RFC 2045 §5.1
    ['Text/Plain;\tCHARSET="us-ascii"', "text/plain", { charset: "us-ascii" }],
    // RFC 2231 §3, §4, §4.1
    [
      'message/external-body; access-type=URL; URL*0="ftp://"; URL*1="cs.utk.edu/pub/moore/bulk-mailer.tar"',
      "message/external-body",
      { "access-type": "URL", url: "ftp://cs.utk.edu/pub/moore/bulk-mailer.tar" },
    ],
    [
      "application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
      "application/x-stuff",
      { title: "This is ***fun***" },
    ],
    [
      "application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2=\"isn't it!\"",
      "application/x-stuff",
      { title: "This is even more ***fun*** isn't it!" },
    ],
    // in any order, until one is missing; better than a plain one
    ["a/b; x*1=two; x*0=one; x*3=four; x=plain", "a/b", { x: "onetwo" }],
    // as it is done, whatever the rules are
    ["attachment; filename=my report.pdf", "attachment", { filename: "my report.pdf" }],
    ['attachment; filename="=?UTF-8?Q?Caf=C3=A9.pdf?="', "attachment", { filename: "Café.pdf" }],
    ["attachment; filename=a=b.pdf", "attachment", { filename: "a=b.pdf" }],
    ["attachment;; ;filename=x", "attachment", { filename: "x" }],
    ["a/b; x=1; x=2", "a/b", { x: "1" }],
    ['a/b; x="never closed', "a/b", { x: "never closed" }],
    ["a/b; =x; y; z=", "a/b", {}],
    ["", "", {}],
  ];
  for (const [text, value, parameters] of rows) {
    test(text, () => {
      const read = parseMimeValue(text);
      assert.equal(read.value, value);
      assert.deepEqual(Object.fromEntries(read.parameters), parameters);
    });
  }

  test("keeps what stood there for those who tell others", () => {
    assert.deepEqual(parseMimeValue("a/b; Name*0*=utf-8''%e2%82; Name*1*=%ac").rawParameters, [
      ["Name*0*", "utf-8''%e2%82"],
      ["Name*1*", "%ac"],
    ]);
  });
});

describe("formatMimeValue", () => {
  test("quotes, and encodes, no more than must be", () => {
    const value = formatMimeValue("attachment", [
      ["a", "b.pdf"],
      ["b", 'my "report".pdf'],
      ["c", "näme.pdf"],
    ]);
    assert.equal(value, String.raw`attachment; a=b.pdf; b="my \"report\".pdf"; c*=utf-8''n%C3%A4me.pdf`);
  });

  test("writes what reads the same, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const written = formatMimeValue("attachment", [["filename", text]]);
        assert.doesNotMatch(written, /[^ -~]/);
        assert.equal(parseMimeValue(written).parameters.get("filename") ?? "", text);
      }),
    );
  });
});
