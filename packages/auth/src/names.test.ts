import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { preparePassword, prepareUserName } from "./names.ts";

test("a name that can be typed in two ways is one name", () => {
  const same: readonly (readonly [string, string])[] = [
    ["alice", "alice"],
    ["Ade\u0301le", "Adéle"],
    ["\u2168", "IX"],
    ["ali\u00adce", "alice"],
    ["al\u200bice", "alice"],
    ["a\u00a0b", "a b"],
    ["ﬁ", "fi"],
  ];
  for (const [text, name] of same) assert.equal(prepareUserName(text), name);
  assert.notEqual(prepareUserName("Alice"), prepareUserName("alice"));
});

test("what is no name is refused", () => {
  const none = ["", "\u00ad", "a\0b", "a\nb", "a\u202eb", "a\ud800", "\ue000", "x".repeat(256), "a\u2028b", "\ufdd0"];
  for (const text of none) assert.equal(prepareUserName(text), undefined, JSON.stringify(text));
});

test("a password is only composed, and may hold what a name may not", () => {
  assert.equal(preparePassword("e\u0301"), "é");
  assert.equal(preparePassword("\u2168\u200d"), "\u2168\u200d");
  assert.equal(preparePassword("a\u3000b"), "a b");
  for (const text of ["", "a\tb", "\0", "\ud800", "x".repeat(1025)]) assert.equal(preparePassword(text), undefined);
});

test("preparing twice changes nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
      const [name, password] = [prepareUserName(text), preparePassword(text)];
      if (name !== undefined) assert.equal(prepareUserName(name), name);
      if (password !== undefined) assert.equal(preparePassword(password), password);
    }),
  );
});
