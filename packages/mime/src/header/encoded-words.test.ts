import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatMailAddress } from "../address/format.ts";
import { decodeEncodedWords, encodedWordsOf } from "./encoded-words.ts";
import { formatField, formatTextField } from "./format-field.ts";

describe("decodeEncodedWords", () => {
  const rows: readonly (readonly [text: string, meaning: string])[] = [
    // RFC 2047 §8
    ["=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore <moore@cs.utk.edu>"],
    ["=?ISO-8859-1?Q?Andr=E9?= Pirard", "André Pirard"],
    ["=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=", "If you can read this yo"],
    ["(=?ISO-8859-1?Q?a?=)", "(a)"],
    ["(=?ISO-8859-1?Q?a?= b)", "(a b)"],
    ["(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"],
    ["(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"],
    ["(=?ISO-8859-1?Q?a_b?=)", "(a b)"],
    ["(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)"],
    // RFC 2231 §5: a language
    ["=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore"],
    // characters that were cut in two
    ["=?UTF-8?B?w?= =?UTF-8?Q?=C3?= =?UTF-8?Q?=A9?=", "é"],
    ["=?UTF-8?Q?=C3?= x =?UTF-8?Q?=A9?=", "\ufffd x \ufffd"],
    // charsets that the Web does not have, and that nobody has
    ["=?utf-7?Q?+AOk-?=", "é"],
    ["=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"],
    ["=?x-nobody?Q?=C3=A9_=?=", "é ="],
    // what is no encoded word stays
    ["=?UTF-8?X?abc?=", "=?UTF-8?X?abc?="],
    ["=?UTF-8?Q?abc", "=?UTF-8?Q?abc"],
    ["a =? b ?=", "a =? b ?="],
  ];
  for (const [text, meaning] of rows) test(text, () => assert.equal(decodeEncodedWords(text), meaning));

  test("takes linear time for what looks like words without end", () => {
    const text = "=?a?Q?".repeat(50_000);
    assert.equal(decodeEncodedWords(text), text);
  });
});

describe("encodedWordsOf", () => {
  test("chooses what is shorter", () => {
    assert.deepEqual(encodedWordsOf("Café au lait"), ["=?UTF-8?Q?Caf=C3=A9_au_lait?="]);
    assert.deepEqual(encodedWordsOf("日本語"), ["=?UTF-8?B?5pel5pys6Kqe?="]);
  });

  test("makes words of 75 octets at most that mean the text, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 }), (text) => {
        const words = encodedWordsOf(text);
        assert.equal(decodeEncodedWords(words.join("\r\n ")), text);
        for (const word of words) assert.match(word, /^[!-~]{1,75}$/);
      }),
    );
  });
});

describe("a field with encoded words", () => {
  test("has lines of 76 octets at most (RFC 2047 §2), and means its text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 }), (text) => {
        const field = formatTextField("Subject", `é${text}`);
        for (const line of field.split("\r\n")) assert.ok(line.length <= 76, line);
        assert.equal(decodeEncodedWords(field.slice("Subject: ".length, -2)), `é${text}`);
      }),
    );
  });

  test("so has one that begins with a name", () => {
    for (let length = 1; length < 120; length++) {
      const from = formatMailAddress({
        type: "mailbox",
        name: "ü".repeat(length),
        localPart: "a",
        domain: "example.org",
      });
      for (const line of formatField("Resent-Sender", from).split("\r\n")) assert.ok(line.length <= 76, line);
    }
  });
});
