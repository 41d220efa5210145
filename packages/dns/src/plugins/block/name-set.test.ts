import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@hawser/core/simulation";
import { parseDomainName, rootName } from "../../name/domain-name.ts";
import { NameSet } from "./name-set.ts";

const key = (text: string): string => parseDomainName(text).key;

test("holds names, and with them those below where that is said", () => {
  const set = new NameSet(1);
  set.add(key("ads.example"), false);
  set.add(key("tracker.example"), true);
  const held = [
    "ads.example",
    "a.ads.example",
    "tracker.example",
    "a.b.tracker.example",
    "xtracker.example",
    "example",
  ];
  assert.deepEqual(
    held.map((name) => set.holds(key(name))),
    [true, false, true, true, false, false],
  );
});

test("takes a name twice, and keeps the wider meaning", () => {
  const set = new NameSet(1);
  set.add(key("a.example"), true);
  set.add(key("a.example"), false);
  assert.deepEqual([set.size, set.holds(key("x.a.example"))], [1, true]);
  assert.deepEqual([...set].map(String), ["a.example."]);
});

test("the root may be in it, and then every name is", () => {
  const set = new NameSet(1);
  assert.equal(set.holds(rootName.key), false);
  set.add(rootName.key, true);
  assert.deepEqual([set.holds(rootName.key), set.holds(key("any.example"))], [true, true]);
});

test("agrees with a plain set on 50,000 random names", () => {
  const random = new SeededRandom("name-set");
  const label = (): string => "abcde".slice(0, random.integer(1, 5)) + random.integer(0, 30);
  const name = (): string => Array.from({ length: random.integer(1, 5) }, label).join(".");
  const [set, model] = [new NameSet(random.integer(0, 2 ** 32)), new Map<string, boolean>()];
  for (let i = 0; i < 20_000; i++) {
    const [one, below] = [name(), random.number() < 0.3];
    set.add(key(one), below);
    model.set(one, below || model.get(one) === true);
  }
  assert.equal(set.size, model.size);
  for (let i = 0; i < 50_000; i++) {
    const one = name();
    const labels = one.split(".");
    const above = labels.slice(1).some((_, at) => model.get(labels.slice(at + 1).join(".")) === true);
    assert.equal(set.holds(key(one)), model.has(one) || above, one);
  }
});

const many = process.env["HAWSER_SOAK"] === "1" ? 1_000_000 : 100_000;

test(`${many} names lie in bounded memory, and are found as quickly as a thousand`, (t) => {
  const random = new SeededRandom("million");
  const nameAt = (i: number): string =>
    key(`${(i * 2_654_435_761) % 0xffffffff}.ads${i % 977}.example-${i % 7919}.com`);
  const measured = [1_000, many].map((count) => {
    const set = new NameSet(random.integer(0, 2 ** 32));
    for (let i = 0; i < count; i++) set.add(nameAt(i), i % 2 === 0);
    set.trim();
    const asked = Array.from({ length: 100_000 }, (_, i) => nameAt(i % 2 === 0 ? random.integer(0, count) : count + i));
    const began = performance.now();
    const held = asked.reduce((sum, one) => sum + (set.holds(one) ? 1 : 0), 0);
    const nanoseconds = ((performance.now() - began) / asked.length) * 1e6;
    assert.equal(held, asked.length / 2);
    t.diagnostic(`${count} names: ${(set.octets / 1e6).toFixed(1)} MB, ${Math.round(nanoseconds)} ns for a lookup`);
    return { octets: set.octets, size: set.size };
  });
  assert.equal(measured[1]!.size, many);
  assert.ok(measured[1]!.octets < 60 * many, `they take ${measured[1]!.octets} octets`);
});
