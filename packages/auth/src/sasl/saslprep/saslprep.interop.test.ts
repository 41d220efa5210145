import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { saslprep } from "./saslprep.ts";

/** Every code point that Unicode 3.2 knew, alone and between two letters of either direction, by Python's own tables. */
const oracle = `
import json, stringprep as t
from unicodedata import ucd_3_2_0 as u
def prepare(text):
    text = "".join(" " if t.in_table_c12(c) else c for c in text)
    text = "".join(c for c in text if not t.in_table_b1(c))
    text = u.normalize("NFKC", text)
    tables = [t.in_table_c12, t.in_table_c21_c22, t.in_table_c3, t.in_table_c4, t.in_table_c5, t.in_table_c6, t.in_table_c7, t.in_table_c8, t.in_table_c9]
    if any(table(c) for c in text for table in tables): return None
    if any(map(t.in_table_d1, text)):
        if any(map(t.in_table_d2, text)): return None
        if not (t.in_table_d1(text[0]) and t.in_table_d1(text[-1])): return None
    return text
known = [c for c in range(0x110000) if not 0xd800 <= c <= 0xdfff and not t.in_table_a1(chr(c))]
print(json.dumps([[c] + [prepare(s % chr(c)) for s in ("%s", "a%sb", "\\u05d0%s\\u05d0")] for c in known]))
`;

/** Unicode corrected these after 3.2 (Corrigendum 4), and the platform has the corrected ones. */
const corrected = new Set([0x2f868, 0x2f874, 0x2f91f, 0x2f95f, 0x2f9bf]);

test("every character of Unicode 3.2 is prepared as Python's stringprep does (RFC 3454)", (t) => {
  const python = spawnSync("python3", ["-c", oracle], { maxBuffer: 256 * 1024 ** 2, encoding: "utf8" });
  if (python.error !== undefined) return t.skip("python3 is not installed");
  assert.equal(python.status, 0, python.stderr);
  const rows = JSON.parse(python.stdout) as [number, string | null, string | null, string | null][];
  assert.ok(rows.length > 200_000, `${rows.length} characters`);
  for (const [code, ...expected] of rows) {
    if (corrected.has(code)) continue;
    const character = String.fromCodePoint(code);
    const ours = [character, `a${character}b`, `\u05d0${character}\u05d0`].map((text) => saslprep(text) ?? null);
    assert.deepEqual(ours, expected, `U+${code.toString(16)}`);
  }
});
