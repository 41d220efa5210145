import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  formatStructuredDictionary,
  formatStructuredItem,
  formatStructuredList,
  parseStructuredDictionary,
  parseStructuredItem,
  parseStructuredList,
  type StructuredBareItem,
  type StructuredInnerList,
  type StructuredItem,
  type StructuredMember,
  type StructuredParameters,
  structuredItem,
} from "./index.ts";

const yes: StructuredBareItem = { type: "boolean", value: true };
const no: StructuredBareItem = { type: "boolean", value: false };
const integer = (value: number): StructuredBareItem => ({ type: "integer", value });
const decimal = (value: number): StructuredBareItem => ({ type: "decimal", value });
const string = (value: string): StructuredBareItem => ({ type: "string", value });
const token = (value: string): StructuredBareItem => ({ type: "token", value });
const bytes = (value: string): StructuredBareItem => ({ type: "bytes", value: new Uint8Array(Buffer.from(value)) });
const display = (value: string): StructuredBareItem => ({ type: "display-string", value });

describe("structured items (RFC 9651 §3.3)", () => {
  const bare: readonly [text: string, value: StructuredBareItem][] = [
    ["42", integer(42)],
    ["-42", integer(-42)],
    ["999999999999999", integer(999999999999999)],
    ["4.5", decimal(4.5)],
    ["-0.001", decimal(-0.001)],
    ["1.0", decimal(1)],
    ["999999999999.999", decimal(999999999999.999)],
    ['"hello world"', string("hello world")],
    ['"a \\"b\\" \\\\"', string('a "b" \\')],
    ["foo123/456", token("foo123/456")],
    ["*a:b", token("*a:b")],
    [":cHJldGVuZCB0aGlzIGlzIGJpbmFyeSBjb250ZW50Lg==:", bytes("pretend this is binary content.")],
    ["::", bytes("")],
    ["?1", yes],
    ["?0", no],
    ["@1659578233", { type: "date", value: 1659578233 }],
    ["@-1", { type: "date", value: -1 }],
    ['%"This is intended for display to %c3%bcsers."', display("This is intended for display to üsers.")],
    ['%"%22 %25"', display('" %')],
  ];
  for (const [text, value] of bare) {
    test(`${text} is read and written`, () => {
      assert.deepEqual(parseStructuredItem(text), structuredItem(value));
      assert.equal(formatStructuredItem(structuredItem(value)), text);
    });
  }

  test("5; foo=bar;baz has parameters, of two with one key the last counts", () => {
    const item = withParameters(integer(5), [
      ["foo", token("bar")],
      ["baz", yes],
    ]);
    assert.deepEqual(parseStructuredItem(" 5; foo=1;foo=bar; baz "), item);
    assert.equal(formatStructuredItem(item), "5;foo=bar;baz");
  });

  for (const [text, value] of [
    ["00042", integer(42)],
    ["-0", integer(0)],
    ["1.100", decimal(1.1)],
    [":YQ:", bytes("a")],
  ] as const) {
    test(`${text} is read`, () => assert.deepEqual(parseStructuredItem(text), structuredItem(value)));
  }

  const malformed = [
    "",
    "1 2",
    "1,2",
    "+1",
    "-",
    "--1",
    "1.",
    ".1",
    "1.2345",
    "1234567890123456",
    "1234567890123.1",
    "1.1.1",
  ];
  malformed.push(
    '"a',
    '"a\\b"',
    '"ü"',
    '"a\tb"',
    "a b",
    "?2",
    "?",
    "?true",
    ":a:",
    ":a",
    ":a b:",
    ":a===:",
    "@",
    "@1.5",
    "@?1",
  );
  malformed.push(
    '%"a',
    '%"%C3%BC"',
    '%"%ff"',
    '%"%c3"',
    '%"ü"',
    "%a",
    "1;",
    "1;A",
    "1;a=",
    "1 ;a",
    "\t1",
    "(1)",
    "ü",
    "1\0",
  );
  for (const text of malformed) {
    test(`${JSON.stringify(text)} is malformed`, () => assert.equal(parseStructuredItem(text), undefined));
  }

  test("decimals are rounded to three places, from the middle to the even one (RFC 9651 §4.1.5)", () => {
    const rounded = [0.0015, 0.0025, 0.0026, -0.0025, 1.9996].map((value) =>
      formatStructuredItem(structuredItem(decimal(value))),
    );
    assert.deepEqual(rounded, ["0.002", "0.002", "0.003", "-0.002", "2.0"]);
  });

  const refused: readonly StructuredBareItem[] = [
    integer(1.5),
    integer(1e15),
    decimal(1e12),
    decimal(Number.NaN),
    string("a\nb"),
    string("ü"),
    token(""),
    token("1a"),
    token("a b"),
    display("\ud800"),
    { type: "date", value: 0.5 },
  ];
  for (const value of refused) {
    test(`${value.type} ${String(value.value)} is refused`, () => {
      assert.throws(() => formatStructuredItem(structuredItem(value)), TypeError);
    });
  }
});

describe("structured lists (RFC 9651 §3.1)", () => {
  const rows: readonly [text: string, list: readonly StructuredMember[]][] = [
    ["sugar, tea, rum", ["sugar", "tea", "rum"].map((name) => structuredItem(token(name)))],
    ['("foo" "bar"), ("baz"), ()', [inner(string("foo"), string("bar")), inner(string("baz")), inner()]],
    [
      '("foo";a=1;b=2);lvl=5, ("bar" "baz");lvl=1',
      [
        {
          type: "inner-list",
          items: [
            withParameters(string("foo"), [
              ["a", integer(1)],
              ["b", integer(2)],
            ]),
          ],
          parameters: new Map([["lvl", integer(5)]]),
        },
        { ...inner(string("bar"), string("baz")), parameters: new Map([["lvl", integer(1)]]) },
      ],
    ],
    ["", []],
  ];
  for (const [text, list] of rows) {
    test(`${text} is read and written`, () => {
      assert.deepEqual(parseStructuredList(text), list);
      assert.equal(formatStructuredList(list), text);
    });
  }

  test("white space may be anywhere around commas, and inside brackets", () => {
    assert.deepEqual(parseStructuredList("  a\t,\t b ,(  c  d )  "), [
      structuredItem(token("a")),
      structuredItem(token("b")),
      inner(token("c"), token("d")),
    ]);
  });

  for (const text of ["a,", ",a", "a,,b", "a b", "(a", "(a,b)", "((a))", '("a""b")', "(a)b", "()a"]) {
    test(`${text} is malformed`, () => assert.equal(parseStructuredList(text), undefined));
  }

  test("1,024 members and 256 of an inner list are read, one more is not", () => {
    const list = (count: number) => Array(count).fill("1").join(",");
    assert.equal(parseStructuredList(list(1024))?.length, 1024);
    assert.equal(parseStructuredList(list(1025)), undefined);
    assert.notEqual(parseStructuredList(`(${"1 ".repeat(256)})`), undefined);
    assert.equal(parseStructuredList(`(${"1 ".repeat(257)})`), undefined);
  });
});

describe("structured dictionaries (RFC 9651 §3.2)", () => {
  test("are read and written", () => {
    const text = 'en="Applepie", da=:w4Z:, rating=1.5, feelings=(joy sadness), a=?0, b, c;foo=bar';
    const members = new Map<string, StructuredMember>([
      ["en", structuredItem(string("Applepie"))],
      ["da", structuredItem({ type: "bytes", value: Uint8Array.of(0xc3, 0x86) })],
      ["rating", structuredItem(decimal(1.5))],
      ["feelings", inner(token("joy"), token("sadness"))],
      ["a", structuredItem(no)],
      ["b", structuredItem(yes)],
      ["c", withParameters(yes, [["foo", token("bar")]])],
    ]);
    assert.deepEqual(parseStructuredDictionary(text), members);
    assert.equal(formatStructuredDictionary(members), text.replace("w4Z", "w4Y="));
  });

  test("of two with one key the last counts", () => {
    assert.deepEqual(parseStructuredDictionary("a=1, b=2, a=3")?.get("a"), structuredItem(integer(3)));
  });

  for (const text of ["a=", "A=1", "=1", "a=1,", "a =1", "a= 1", "1=a", "a;b=,c"]) {
    test(`${text} is malformed`, () => assert.equal(parseStructuredDictionary(text), undefined));
  }

  test("a bad key is refused", () => {
    assert.throws(() => formatStructuredDictionary(new Map([["A", structuredItem(yes)]])), TypeError);
  });
});

test("what is written is read back", () => {
  const key = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,5}$/);
  const bare: fc.Arbitrary<StructuredBareItem> = fc.oneof(
    fc.integer({ min: -1e9, max: 1e9 }).map(integer),
    fc.integer({ min: -1e9, max: 1e9 }).map((n) => decimal(n / 1000 + 0)),
    fc.string({ unit: "grapheme-ascii" }).map(string),
    fc.stringMatching(/^[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]{0,9}$/).map(token),
    fc.uint8Array().map((value) => ({ type: "bytes" as const, value: new Uint8Array(value) })),
    fc.boolean().map((value) => ({ type: "boolean" as const, value })),
    fc.integer().map((value) => ({ type: "date" as const, value })),
    fc
      .string({ unit: "grapheme" })
      .filter((s) => !/\p{Surrogate}/u.test(s))
      .map(display),
  );
  const parameters: fc.Arbitrary<StructuredParameters> = fc
    .array(fc.tuple(key, bare), { maxLength: 3 })
    .map((pairs) => new Map(pairs));
  const plain = { noNullPrototype: true };
  const item = fc.record({ type: fc.constant("item" as const), bare, parameters }, plain);
  const list = fc.record(
    { type: fc.constant("inner-list" as const), items: fc.array(item, { maxLength: 3 }), parameters },
    plain,
  );
  const member: fc.Arbitrary<StructuredMember> = fc.oneof(item, list);
  fc.assert(
    fc.property(fc.array(fc.tuple(key, member), { maxLength: 4 }), (pairs) => {
      const members = pairs.map(([, value]) => value);
      assert.deepEqual(parseStructuredList(formatStructuredList(members)), members);
      assert.deepEqual(parseStructuredDictionary(formatStructuredDictionary(new Map(pairs))), new Map(pairs));
    }),
  );
});

test("any text is read or malformed, and never throws", () => {
  const unit = fc.constantFrom(
    "a",
    "1",
    ".",
    "-",
    '"',
    "\\",
    ":",
    "?",
    "@",
    "%",
    ";",
    "=",
    ",",
    "(",
    ")",
    " ",
    "\t",
    "c",
    "3",
    "ü",
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
      parseStructuredItem(text);
      parseStructuredList(text);
      parseStructuredDictionary(text);
    }),
  );
});

function withParameters(bare: StructuredBareItem, parameters: [string, StructuredBareItem][]): StructuredItem {
  return { type: "item", bare, parameters: new Map(parameters) };
}

function inner(...items: StructuredBareItem[]): StructuredInnerList {
  return { type: "inner-list", items: items.map(structuredItem), parameters: new Map() };
}
