import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type DnsEntry, DnsTextError, DnsTokenizer, dnsStringsOf, dnsTextOf, parseDnsPeriod } from "../index.ts";

function entriesOf(text: string): readonly DnsEntry[] {
  const tokenizer = new DnsTokenizer(text);
  const entries: DnsEntry[] = [];
  for (let entry = tokenizer.next(); entry !== undefined; entry = tokenizer.next()) entries.push(entry);
  return entries;
}

const wordsOf = (text: string) => entriesOf(text).map(({ tokens }) => tokens.map((token) => token.text));

describe("DnsTokenizer", () => {
  const cases: readonly (readonly [text: string, words: readonly (readonly string[])[]])[] = [
    ["", []],
    ["\n\n  \n; nothing\n", []],
    ["a b\tc", [["a", "b", "c"]]],
    ["a ; b\nc", [["a"], ["c"]]],
    ["a\r\nb\r\n", [["a"], ["b"]]],
    ["a ( b ; one\n c\n) d\ne", [["a", "b", "c", "d"], ["e"]]],
    ["a ((b\n) c\n)", [["a", "b", "c"]]],
    ["(a\nb)", [["a", "b"]]],
    ["a(b)c", [["a", "b", "c"]]],
    ['a "b ; ( c" d', [["a", "b ; ( c", "d"]]],
    ['"a\\"b" ""', [['a\\"b', ""]]],
    ["a\\;b a\\ b \\(", [["a\\;b", "a\\ b", "\\("]]],
    ['alpn="h2 ; h3" x', [['alpn="h2 ; h3"', "x"]]],
    ["a\\", [["a\\"]]],
    ["a\\\nb", [["a\\"], ["b"]]],
  ];
  for (const [text, words] of cases) test(JSON.stringify(text), () => assert.deepEqual(wordsOf(text), words));

  test("tells where everything stands", () => {
    const [first, second] = entriesOf('; one\n\n  ( a\r\n  "b" )\nc');
    assert.equal(first?.indented, true);
    assert.deepEqual(first.position, { line: 3, column: 1 });
    assert.deepEqual(
      first.tokens.map(({ position, quoted }) => [position.line, position.column, quoted]),
      [
        [3, 5, false],
        [4, 3, true],
      ],
    );
    assert.equal(second?.indented, false);
    assert.deepEqual(second.tokens[0]?.position, { line: 5, column: 1 });
  });

  const faults: readonly (readonly [text: string, line: number, column: number])[] = [
    ["a\nb )", 2, 3],
    ["a\nb ( c\nd\n", 2, 3],
    ['a\n "b\n"', 2, 2],
    ['a="b', 1, 3],
    ['"a\\"', 1, 1],
  ];
  for (const [text, line, column] of faults) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => entriesOf(text),
        (error) => {
          assert.ok(error instanceof DnsTextError);
          assert.equal(error.code, "unbalanced");
          assert.deepEqual(error.position, { line, column });
          return true;
        },
      );
    });
  }

  test("bounds an entry", () => {
    const endless = `( ${"a\n".repeat(600_000)} )`;
    assert.throws(
      () => entriesOf(endless),
      (error) => error instanceof DnsTextError && error.code === "too-large",
    );
  });
});

test("parseDnsPeriod takes units", () => {
  assert.equal(parseDnsPeriod("0"), 0);
  assert.equal(parseDnsPeriod("1h30m"), 5_400);
  assert.equal(parseDnsPeriod("1W2D"), 777_600);
  assert.equal(parseDnsPeriod("4294967295"), 4_294_967_295);
  for (const text of ["", "h", "1x", "-1", "1.5h", "4294967296", "9999W", "1h30"])
    assert.equal(parseDnsPeriod(text), undefined, text);
});

test("text becomes strings of 255 octets in UTF-8, and comes back", () => {
  assert.deepEqual(dnsStringsOf(""), [""]);
  const text = `${"é".repeat(200)}!`;
  const strings = dnsStringsOf(text);
  assert.deepEqual(
    strings.map(({ length }) => length),
    [255, 146],
  );
  assert.equal(dnsTextOf(strings), text);
});
