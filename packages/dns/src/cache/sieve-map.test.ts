import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@hawser/core/simulation";
import { SieveMap } from "./sieve-map.ts";

test("gives what was put in, and nothing else", () => {
  const map = new SieveMap<string, number>();
  map.set("a", 1, 10);
  map.set("b", 2, 20);
  map.set("a", 3, 5);
  assert.deepEqual([map.get("a"), map.get("b"), map.get("c")], [3, 2, undefined]);
  assert.deepEqual([map.size, map.octets], [2, 25]);
  assert.deepEqual([map.delete("a"), map.delete("a"), map.size, map.octets], [true, false, 1, 20]);
  map.clear();
  assert.deepEqual([map.get("b"), map.size, map.octets, [...map.entries()]], [undefined, 0, 0, []]);
});

test("what is asked for stays, what is looked at in passing does not", () => {
  const map = new SieveMap<string, number>({ entriesMax: 3 });
  for (const [i, key] of ["a", "b", "c"].entries()) map.set(key, i, 1);
  map.get("a");
  map.peek("b");
  map.set("d", 4, 1);
  assert.deepEqual(
    [...map.entries()].map(([key]) => key),
    ["a", "c", "d"],
  );
  assert.equal(map.evicted, 1);
});

test("a heavy value throws out as many as it needs room, and one that is too heavy none", () => {
  const map = new SieveMap<string, number>({ octetsMax: 100 });
  for (let i = 0; i < 10; i++) map.set(String(i), i, 10);
  assert.equal(map.set("heavy", 0, 101), false);
  assert.equal(map.size, 10);
  assert.equal(map.set("big", 0, 45), true);
  assert.deepEqual([map.size, map.octets, map.evicted], [6, 95, 5]);
});

test("keeps the popular through a scan of a million that are asked for once", () => {
  const map = new SieveMap<number, number>({ entriesMax: 1000 });
  const random = new SeededRandom("scan");
  let [hits, asked] = [0, 0];
  for (let i = 0; i < 200_000; i++) {
    map.set(1_000_000 + i, i, 1);
    const key = random.integer(0, 500);
    asked++;
    if (map.get(key) === undefined) map.set(key, key, 1);
    else hits++;
  }
  assert.ok(hits / asked > 0.85, `only ${hits} of ${asked} were hits`);
});

test("behaves as a plain map that never holds more than it may", () => {
  const random = new SeededRandom("model");
  const map = new SieveMap<number, number>({ entriesMax: 40, octetsMax: 500 });
  const model = new Map<number, { readonly value: number; readonly octets: number }>();
  for (let step = 0; step < 100_000; step++) {
    const [key, octets] = [random.integer(0, 80), random.integer(1, 60)];
    if (random.number() < 0.1) assert.equal(map.delete(key) && !model.delete(key), false);
    else if (random.number() < 0.5) {
      map.set(key, step, octets);
      model.set(key, { value: step, octets });
    } else if (map.get(key) !== undefined) assert.equal(map.peek(key), model.get(key)?.value);
    assert.ok(map.size <= 40 && map.octets <= 500);
  }
  let octets = 0;
  for (const [key, value] of map.entries()) {
    assert.equal(model.get(key)?.value, value);
    octets += model.get(key)!.octets;
  }
  assert.equal(octets, map.octets);
});

test("one that could hold nothing cannot be made", () => {
  assert.throws(() => new SieveMap({ entriesMax: 0 }), RangeError);
  assert.throws(() => new SieveMap({ octetsMax: Number.NaN }), RangeError);
});
