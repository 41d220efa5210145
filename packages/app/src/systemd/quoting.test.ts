import assert from "node:assert/strict";
import { test } from "node:test";
import { unitCommand, unitText, unitWord } from "./quoting.ts";

const words: readonly (readonly [word: string, written: string])[] = [
  ["plain-word=1", "plain-word=1"],
  ["two words", '"two words"'],
  ["", '""'],
  [";", '";"'],
  ['say "hi"', '"say \\"hi\\""'],
  ["it's", `"it's"`],
  ["back\\slash", '"back\\\\slash"'],
  ["100%", "100%%"],
  ["a\nb\tc", '"a\\x0ab\\x09c"'],
  ["$HOME", "$HOME"],
];

for (const [word, written] of words) {
  test(`a word: ${JSON.stringify(word)}`, () => assert.equal(unitWord(word), written));
}

test("on a command line a dollar is doubled, and the program is a full path", () => {
  assert.equal(unitCommand(["/usr/bin/x", "$HOME", "${A} b"]), '/usr/bin/x $$HOME "$${A} b"');
  for (const program of ["x", "-/bin/x", "@/bin/x", "!/bin/x", "+x", ""])
    assert.throws(() => unitCommand([program]), { name: "TypeError", message: /no full path/ });
});

test("a text stays on its line, whatever it ends with", () => {
  assert.equal(unitText("50% of\n[Service]\nExecStart=/bin/sh \\"), "50%% of [Service] ExecStart=/bin/sh");
});

test("no file holds a NUL", () => assert.throws(() => unitWord("a\0b"), { name: "TypeError" }));
