import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "./seeded-random.ts";

const draws = (random: SeededRandom) => Array.from({ length: 8 }, () => random.integer(0, 1_000_000));

test("the same seed draws the same numbers, another seed others", () => {
  assert.deepEqual(draws(new SeededRandom("42")), draws(new SeededRandom("42")));
  assert.notDeepEqual(draws(new SeededRandom("42")), draws(new SeededRandom("43")));
});

test("the numbers of seed 42 are these, on every machine and in every version", () => {
  assert.deepEqual(draws(new SeededRandom("42")), [926984, 149668, 927871, 830379, 195978, 315551, 214972, 834117]);
});

test("a fork does not depend on what its parent has drawn", () => {
  const [fresh, used] = [new SeededRandom("42"), new SeededRandom("42")];
  draws(used);
  assert.deepEqual(draws(fresh.fork("latency")), draws(used.fork("latency")));
  assert.notDeepEqual(draws(fresh.fork("latency")), draws(fresh.fork("loss")));
});

test("whole numbers are spread evenly, and keep within their bounds", () => {
  const random = new SeededRandom("even");
  const counts = [0, 0, 0, 0, 0, 0];
  for (let n = 0; n < 60_000; n += 1) counts[random.integer(0, 6)]! += 1;
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 400, `${counts}`);
  assert.equal(random.integer(7, 8), 7);
  assert.throws(() => random.integer(8, 8), RangeError);
});

test("every octet comes, and chances come as often as they should", () => {
  const random = new SeededRandom("octets");
  assert.equal(new Set(random.bytes(10_000)).size, 256);
  let hits = 0;
  for (let n = 0; n < 10_000; n += 1) if (random.chance(0.01)) hits += 1;
  assert.ok(hits > 60 && hits < 140, `${hits} of 10,000`);
  assert.deepEqual([random.chance(0), random.chance(1)], [false, true]);
});
