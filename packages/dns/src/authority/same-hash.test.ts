import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDomainName } from "../name/domain-name.ts";
import { hashKey } from "../name/suffix-hashes.ts";
import { queryOf, told, zoneOf } from "./authority.test.kit.ts";
import { NameFilter } from "./contents/name-filter.ts";
import { ZoneTable } from "./zone-table.ts";

/** Two labels that have the same hash below a name: among some 80,000 there is a pair. */
function twins(below: string): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0; ; i++) {
    const label = `n${i}`;
    const hash = hashKey(parseDomainName(`${label}.${below}`).key);
    const twin = seen.get(hash);
    if (twin !== undefined) return [twin, label];
    seen.set(hash, label);
  }
}

test("names with one hash are told apart in a zone", () => {
  const [one, other] = twins("example.org");
  const zone = zoneOf(`${one} A 192.0.2.1\n${other} A 192.0.2.2`);
  const half = zoneOf(`${one} A 192.0.2.1`);
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(told(zone.answer(queryOf(`${one}.example.org`)))[1], `= ${one}.example.org. 3600 IN A 192.0.2.1`);
    assert.deepEqual(
      told(zone.answer(queryOf(`${other}.example.org`)))[1],
      `= ${other}.example.org. 3600 IN A 192.0.2.2`,
    );
    assert.equal(told(half.answer(queryOf(`${one}.example.org`)))[0], "NOERROR aa");
    assert.equal(told(half.answer(queryOf(`${other}.example.org`)))[0], "NXDOMAIN aa");
  }
});

test("zones with one hash are told apart in a table", () => {
  const [one, other] = twins("org").map((label) => zoneOf("", { origin: `${label}.org` })) as [never, never];
  const table = new ZoneTable([one]);
  const find = (zone: { readonly origin: unknown }) => table.find(parseDomainName(`www.${zone.origin}`));
  assert.deepEqual([find(one), find(other)], [one, undefined]);
  table.add(other);
  assert.deepEqual([find(one), find(other)], [one, other]);
  table.remove((one as { origin: never }).origin);
  assert.deepEqual([find(one), find(other)], [undefined, other]);
});

test("a filter knows every name that was added, and few others", () => {
  const filter = new NameFilter();
  const names = new Map<string, string>();
  const add = (key: string): void => filter.add(key, names.set(key, ""));
  for (let i = 0; i < 20_000; i++) add(parseDomainName(`host${i}.example`).key);
  for (const key of names.keys()) assert.ok(filter.mayHave(hashKey(key)));
  let mistaken = 0;
  for (let i = 0; i < 20_000; i++) if (filter.mayHave(hashKey(parseDomainName(`no${i}.example`).key))) mistaken++;
  assert.ok(mistaken < 20_000 / 8, `${mistaken} of 20,000`);
});

test("names that come and go do not wear a filter out", () => {
  const filter = new NameFilter();
  const names = new Map<string, string>([["\x04stay\0", ""]]);
  filter.add("\x04stay\0", names);
  for (let i = 0; i < 10_000; i++) {
    const { key } = parseDomainName(`gone${i}`);
    filter.add(key, names.set(key, ""));
    names.delete(key);
  }
  assert.ok(filter.mayHave(hashKey("\x04stay\0")));
  let mistaken = 0;
  for (let i = 0; i < 1_000; i++) if (filter.mayHave(hashKey(parseDomainName(`no${i}`).key))) mistaken++;
  assert.ok(mistaken < 200, `${mistaken} of 1,000`);
});
