import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { DnsEncodedSet } from "../message/answer.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { encodeDnsData } from "../records/data-octets.ts";
import { dnsTypeNumber } from "../records/types.ts";
import { contentsOf, linesOf, queryOf, told, zoneOf, zoneTwin } from "./authority.test.kit.ts";
import type { Zone } from "./zone.ts";
import type { ZoneChange } from "./zone-change.ts";

const origin = parseDomainName("example.org");
const owners = ["a", "b", "a.b", "x.y.a", "*.w", "q.w", "d", "e.d", "A", "deep.er.est"];

/** A record, as the model keeps it: its line without the TTL. */
interface Item {
  readonly owner: string;
  readonly type: "A" | "TXT";
  readonly value: number;
}

const items = fc.record<Item>({
  owner: fc.constantFrom(...owners),
  type: fc.constantFrom("A", "TXT"),
  value: fc.integer({ min: 1, max: 4 }),
});

const keyOf = ({ owner, type, value }: Item): string => `${owner.toLowerCase()} ${type} ${value}`;

function setOf({ owner, type, value }: Item): DnsEncodedSet {
  const data =
    type === "A"
      ? encodeDnsData("A", { address: `192.0.2.${value}` })
      : encodeDnsData("TXT", { strings: [`${value}`] });
  return { name: parseDomainName(owner, origin), type: dnsTypeNumber(type), class: 1, ttl: 60, data: [data] };
}

function soaOf(serial: number): DnsEncodedSet {
  return contentsOf(`@ SOA ns host ${serial} 2 3 4 5\n@ NS ns`).set(origin, dnsTypeNumber("SOA"))!;
}

function changeOf(zone: Zone, deleted: readonly Item[], added: readonly Item[]): ZoneChange {
  return { oldSoa: zone.soa, newSoa: soaOf(zone.serial + 1), deleted: deleted.map(setOf), added: added.map(setOf) };
}

/** The items of a zone, told by walking it. */
function itemsOf(zone: Zone): readonly string[] {
  const lines = linesOf(zone.sets()).filter((line) => / IN (A|TXT) /.test(line));
  return lines.map((line) => {
    const [, owner, type, value] = /^(\S+)\.example\.org\. 60 IN (A|TXT) (?:"(\d)"|192.0.2.\d)$/.exec(line)!;
    return `${owner!.toLowerCase()} ${type} ${value ?? line.at(-1)}`;
  });
}

/** Whether a name exists, by looking at all of them. */
function exists(model: ReadonlyMap<string, Item>, name: string): boolean {
  return [...model.values()].some(
    ({ owner }) => owner.toLowerCase() === name || owner.toLowerCase().endsWith(`.${name}`),
  );
}

function checkAnswers(zone: Zone, model: ReadonlyMap<string, Item>): void {
  for (const owner of [...owners, "y.a", "w", "none", "er.est", "est", "z.w", "z.a"]) {
    const name = owner.toLowerCase();
    const [head = "", ...lines] = told(zone.answer(queryOf(`${owner}.example.org A`)));
    const isMade = !exists(model, name) && /^[^*.]+\.w$/.test(name) && exists(model, "*.w");
    const source = isMade ? "*.w" : name;
    const values = [...model.values()].filter((item) => item.owner.toLowerCase() === source && item.type === "A");
    assert.equal(head, exists(model, name) || isMade ? "NOERROR aa" : "NXDOMAIN aa", owner);
    assert.equal(lines.filter((line) => line.startsWith("=")).length, values.length, owner);
  }
}

const emptyZone = (): Zone => zoneOf("@ SOA ns host 1 2 3 4 5\n@ NS ns.example.net.");

describe("a zone and a list of records agree", () => {
  test("after any changes, about what is there and what is not", () => {
    fc.assert(
      fc.property(fc.array(fc.array(items, { maxLength: 6 }), { maxLength: 12 }), (steps) => {
        const zone = emptyZone();
        const model = new Map<string, Item>();
        for (const step of steps) {
          const chosen = [...new Map(step.map((item) => [keyOf(item), item])).values()];
          const deleted = chosen.filter((item) => model.has(keyOf(item)));
          const added = chosen.filter((item) => !model.has(keyOf(item)));
          zone.apply(changeOf(zone, deleted, added));
          for (const item of deleted) model.delete(keyOf(item));
          for (const item of added) model.set(keyOf(item), item);
          assert.deepEqual([...itemsOf(zone)].sort(), [...model.keys()].sort());
          checkAnswers(zone, model);
          assert.equal(zone.recordCount, model.size + 2);
          assert.equal(zone.nameCount, zoneTwin(zone).nameCount);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("and a change that does not fit changes nothing", () => {
    fc.assert(
      fc.property(fc.array(items, { maxLength: 8 }), items, (there, other) => {
        const zone = emptyZone();
        const distinct = [...new Map(there.map((item) => [keyOf(item), item])).values()].filter(
          (item) => keyOf(item) !== keyOf(other),
        );
        zone.apply(changeOf(zone, [], distinct));
        const before = linesOf(zone.sets());
        assert.throws(() => zone.apply(changeOf(zone, [...distinct, other], [])), { code: "does-not-fit" });
        if (distinct.length > 0)
          assert.throws(() => zone.apply(changeOf(zone, [], [other, distinct[0]!])), { code: "does-not-fit" });
        assert.throws(() => zone.apply({ ...changeOf(zone, [], [other]), oldSoa: soaOf(77) }), {
          code: "does-not-fit",
        });
        assert.throws(() => zone.apply({ ...changeOf(zone, [], [other]), newSoa: zone.soa }), { code: "stale" });
        assert.deepEqual(linesOf(zone.sets()), before);
      }),
      { numRuns: 150 },
    );
  });

  test("the difference between two versions leads from one to the other", () => {
    const texts = fc.array(fc.tuple(items, fc.constantFrom(60, 61)), { maxLength: 15 });
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const zoneOfItems = (list: typeof before, serial: number): Zone => {
          const lines = list.map(
            ([{ owner, type, value }, ttl]) => `${owner} ${ttl} ${type} ${type === "A" ? `192.0.2.${value}` : value}`,
          );
          return zoneOf(`@ SOA ns host ${serial} 2 3 4 5\n@ NS ns\n${lines.join("\n")}`);
        };
        const [zone, next] = [zoneOfItems(before, 1), zoneOfItems(after, 2)];
        const walker = zoneTwin(zone);
        const contents = contentsOf("@ SOA ns host 2 2 3 4 5\n");
        for (const set of next.sets()) contents.add(set);
        zone.replaceWith(contents);
        const [change] = zone.changesSince(1)!;
        walker.apply(change!);
        const canonical = (one: Zone): string[] =>
          linesOf(one.sets())
            .map((line) => line.toLowerCase())
            .sort();
        assert.deepEqual(canonical(walker), canonical(next));
        assert.deepEqual(canonical(zone), canonical(next));
      }),
      { numRuns: 200 },
    );
  });
});

test("whoever walks a zone does not see what changes meanwhile", () => {
  const zone = zoneOf("@ SOA ns host 1 2 3 4 5\n@ NS ns\na A 192.0.2.1\nb A 192.0.2.2\nc A 192.0.2.3");
  const before = linesOf(zone.sets());
  const walked = zone.sets();
  zone.apply({
    oldSoa: zone.soa,
    newSoa: soaOf(2),
    deleted: [setOf({ owner: "a", type: "A", value: 1 }), setOf({ owner: "c", type: "A", value: 3 })].map((set) => ({
      ...set,
      ttl: 3600,
    })),
    added: [setOf({ owner: "d", type: "A", value: 4 })],
  });
  assert.deepEqual(linesOf(walked), before);
  assert.equal(linesOf(zone.sets()).length, before.length - 1);
});

test("a zone remembers as much as it is told to", () => {
  const zone = zoneOf("@ SOA ns host 1 2 3 4 5\n@ NS ns", { historyRecordsMax: 10 });
  const versions: number[] = [];
  zone.onChange(({ serial }) => versions.push(serial));
  for (let value = 1; value <= 4; value++) zone.apply(changeOf(zone, [], [{ owner: "a", type: "A", value }]));
  assert.deepEqual(versions, [2, 3, 4, 5]);
  assert.equal(zone.changesSince(1), undefined);
  assert.deepEqual(zone.changesSince(2)?.length, 3);
  assert.deepEqual(zone.changesSince(5), []);
  assert.deepEqual(zone.history(1), []);
});
