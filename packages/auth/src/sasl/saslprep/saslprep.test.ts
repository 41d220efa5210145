import assert from "node:assert/strict";
import { test } from "node:test";
import { saslprep } from "./saslprep.ts";

test("the examples of RFC 4013 §3", () => {
  assert.equal(saslprep("I\u00adX"), "IX");
  assert.equal(saslprep("user"), "user");
  assert.equal(saslprep("USER"), "USER");
  assert.equal(saslprep("\u00aa"), "a");
  assert.equal(saslprep("\u2168"), "IX");
  assert.equal(saslprep("\u0007"), undefined);
  assert.equal(saslprep("\u0627\u0031"), undefined);
});

test("spaces of all kinds are one, and what is not seen is gone", () => {
  assert.equal(saslprep("a\u00a0b\u3000c"), "a b c");
  assert.equal(saslprep("\ufeffalice\ufe0f"), "alice");
  assert.equal(saslprep("\u00ad"), "");
});

test("letters of one direction are a name, of both none (RFC 3454 §6)", () => {
  assert.equal(saslprep("שלום"), "שלום");
  assert.equal(saslprep("א1א"), "א1א");
  for (const text of ["שלom", "א1", "1א"]) assert.equal(saslprep(text), undefined, text);
});

test("private, tagged, and half characters are none", () => {
  for (const text of ["\ue000", "\u{f0000}", "\ufdd0", "\u{1ffff}", "\ud800", "\udc00x", "\u{e0041}", "\u200e"])
    assert.equal(saslprep(`a${text}`), undefined, JSON.stringify(text));
});

test("preparing twice changes nothing", () => {
  for (let code = 0x80; code < 0x1_0000; code++) {
    const once = saslprep(String.fromCodePoint(code));
    if (once !== undefined) assert.equal(saslprep(once), once, code.toString(16));
  }
});
