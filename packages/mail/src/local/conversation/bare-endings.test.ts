import assert from "node:assert/strict";
import { test } from "node:test";
import { BareEndings } from "./bare-endings.ts";

const messages: readonly (readonly [text: string, feeds: number, returns: number, firstLine: number | undefined])[] = [
  ["a\r\nb\r\n.\r\n", 0, 0, undefined],
  ["a\nb\r\n.\r\n", 1, 0, 1],
  ["a\r\nb\nc\nd\r\n.\r\n", 2, 0, 2],
  ["a\r\nb\rc\r\n.\r\n", 0, 1, 2],
  ["a\r\r\nb\r\n.\r\n", 0, 1, 1],
  ["a\n.\nb\r\n.\r\n", 2, 0, 1],
  [".\r\n", 0, 0, undefined],
];

for (const [text, feeds, returns, firstLine] of messages)
  test(`CR and LF that stand alone in ${JSON.stringify(text)}, in one piece and octet by octet`, () => {
    for (const pieces of [[text], [...text]]) {
      const endings = new BareEndings(true);
      const ends = pieces.map((piece) => endings.read(piece));
      assert.deepEqual(
        [endings.feeds, endings.returns, endings.firstLine, ends.map(({ isEnd }) => isEnd).lastIndexOf(true)],
        [feeds, returns, firstLine, pieces.length - 1],
      );
    }
  });

test("what follows the end is not read", () => {
  const endings = new BareEndings(true);
  assert.deepEqual(endings.read("a\r\n.\r\nQUIT\n"), { used: 6, isEnd: true });
  assert.deepEqual([endings.octets, endings.feeds], [3, 0]);
});

test("chunks have no dots", () => {
  const endings = new BareEndings(false);
  assert.deepEqual(endings.read("a\r\n.\r\nb"), { used: 7, isEnd: false });
  assert.equal(endings.octets, 7);
});
