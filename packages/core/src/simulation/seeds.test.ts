import assert from "node:assert/strict";
import { env } from "node:process";
import { afterEach, test } from "node:test";
import { defaultSeed, replayCommand, seeds } from "./seeds.ts";

const before = { seed: env["HAWSER_SEED"], soak: env["HAWSER_SOAK"] };
const restore = (name: string, value: string | undefined) => {
  if (value === undefined) delete env[name];
  else env[name] = value;
};
afterEach(() => {
  restore("HAWSER_SEED", before.seed);
  restore("HAWSER_SOAK", before.soak);
});

test("the first half of the seeds is always the same, the other half is new", () => {
  delete env["HAWSER_SEED"];
  delete env["HAWSER_SOAK"];
  const list = seeds({ count: 6 });
  assert.deepEqual(list.slice(0, 3), [1, 2, 3]);
  assert.equal(new Set(list).size, 6);
  assert.ok(list.slice(3).every((seed) => Number(seed) > 1_000_000));
});

test("a long run has many seeds", () => {
  delete env["HAWSER_SEED"];
  env["HAWSER_SOAK"] = "1";
  assert.equal(seeds({ count: 6, soakCount: 50 }).length, 50);
});

test("HAWSER_SEED is the only seed, and the one of a run that names none", () => {
  env["HAWSER_SEED"] = "42";
  assert.deepEqual(seeds(), [42]);
  assert.equal(defaultSeed(), 42);
  env["HAWSER_SEED"] = "a word";
  assert.deepEqual(seeds(), ["a word"]);
});

test("the command that replays is fit for a shell", () => {
  assert.match(replayCommand(42), /^HAWSER_SEED=42 node --test \S*seeds\.test\.js$/);
  assert.match(replayCommand("it's"), /^HAWSER_SEED='it'\\''s' node/);
});
