import assert from "node:assert/strict";
import { type BigIntStats, statSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ToldStats } from "./disk-stat.ts";

const facts = ["ino", "dev", "ctimeNs", "mtimeNs", "size", "mode"] as const;
const stats = statSync(fileURLToPath(import.meta.url), { bigint: true });

describe("ToldStats", () => {
  test("recalls what it told of the same path, while nothing has changed", () => {
    const told = new ToldStats();
    assert.equal(told.recall("f", stats), undefined);
    const stat = told.remember("f", stats);
    assert.equal(told.recall("f", stats), stat);
    assert.equal(told.recall("g", stats), undefined);
  });

  for (const change of facts) {
    test(`recalls nothing after a change of ${change}`, () => {
      const told = new ToldStats();
      told.remember("f", stats);
      assert.equal(told.recall("f", changed(stats, change)), undefined);
    });
  }

  test("forgets the oldest of more than 1,024 paths", () => {
    const told = new ToldStats();
    for (let file = 0; file <= 1024; file++) told.remember(`f${file}`, stats);
    assert.equal(told.recall("f0", stats), undefined);
    assert.notEqual(told.recall("f1", stats), undefined);
  });
});

function changed(original: BigIntStats, field: (typeof facts)[number]): BigIntStats {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(original)) as BigIntStats, original);
  copy[field] = original[field] + 1n;
  return copy;
}
