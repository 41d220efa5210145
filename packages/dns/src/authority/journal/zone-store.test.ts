import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, test } from "node:test";
import type { Random } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { SeededRandom } from "@hawser/core/simulation";
import { replayCommand, seeds } from "@hawser/core/testing";
import { parseDomainName } from "../../name/domain-name.ts";
import { contentsOf, linesOf, zoneTwin } from "../authority.test.kit.ts";
import { soaSerial } from "../serial.ts";
import { updateOf } from "../update/update-text.test.kit.ts";
import { updateZone } from "../update/update-zone.ts";
import type { Zone } from "../zone.ts";
import { CrashingDisk } from "./crashing-disk.test.kit.ts";
import { ZoneJournal } from "./zone-journal.ts";
import { ZoneStore } from "./zone-store.ts";

const { clock } = memoryReactor();
const origin = parseDomainName("example.org");
const zoneText = "$TTL 60\n@ SOA ns host 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";

const change = (store: ZoneStore, ...lines: readonly string[]) =>
  store.commit(() => updateZone(store.zone, updateOf(...lines), () => true).change);
const contentOf = (zone: Zone): string => linesOf(zone.sets()).sort().join("\n");

describe("ZoneStore", () => {
  test("has after a restart what was changed, and the changes themselves", async () => {
    const { files } = memoryReactor({ files: { a: zoneText } });
    const store = await ZoneStore.open(files(""), "a", origin, { clock });
    await Promise.all([change(store, "add n 5 A 192.0.2.9"), change(store, "delete n", "add m 5 TXT x")]);
    assert.equal(await change(store, "delete n"), undefined);
    await store.close();
    await assert.rejects(change(store, "add o 5 TXT x"), /it is closed/);
    const again = await ZoneStore.open(files(""), "a", origin, { clock });
    assert.equal(again.zone.serial, 3);
    assert.equal(contentOf(again.zone), contentOf(store.zone));
    assert.deepEqual(
      again.zone.changesSince(1)?.map(({ added }) => linesOf(added)),
      [["n.example.org. 5 IN A 192.0.2.9"], ['m.example.org. 5 IN TXT "x"']],
    );
    await again.close();
  });

  test("writes its file when the journal is long, and keeps the younger half", async () => {
    const { files } = memoryReactor({ files: { a: zoneText } });
    const store = await ZoneStore.open(files(""), "a", origin, { clock, journalOctetsMax: 2_000 });
    for (let i = 0; i < 30; i++) await change(store, `add h${i} 5 A 192.0.2.${i}`);
    await store.writeFile();
    const text = Buffer.from(await files("").readFile("a")).toString();
    assert.match(text, /SOA\tns.example.org. host.example.org. 31 /);
    assert.ok((await files("").stat("a.journal")).octets < 2_000);
    assert.notEqual(store.zone.changesSince(29), undefined);
    await store.close();
    const again = await ZoneStore.open(files(""), "a", origin, { clock });
    assert.equal(contentOf(again.zone), contentOf(store.zone));
    assert.equal(again.zone.changesSince(29)?.length, 2);
    await again.close();
  });

  test("takes a transferred zone, with no file before", async () => {
    const { files } = memoryReactor();
    const seed = async () => contentsOf("@ SOA ns host 5 2 3 4 5\n@ NS ns\nns A 192.0.2.1");
    const store = await ZoneStore.open(files(""), "a", origin, { clock }, seed);
    await change(store, "add n 5 A 192.0.2.9");
    await store.replaceWith(contentsOf("@ SOA ns host 90 2 3 4 5\n@ NS ns\nns A 192.0.2.7"));
    await change(store, "add m 5 A 192.0.2.9");
    await store.close();
    const again = await ZoneStore.open(files(""), "a", origin, { clock });
    assert.deepEqual([again.zone.serial, contentOf(again.zone)], [91, contentOf(store.zone)]);
    await again.close();
  });

  test("opens again what an update left, and would not begin with it", async () => {
    const { files } = memoryReactor({ files: { a: zoneText } });
    const store = await ZoneStore.open(files(""), "a", origin, { clock });
    await change(store, "delete ns A");
    await store.writeFile();
    await store.close();
    const again = await ZoneStore.open(files(""), "a", origin, { clock });
    assert.equal(again.zone.serial, 2);
    await again.close();
    await files("").remove("a.journal");
    await assert.rejects(ZoneStore.open(files(""), "a", origin, { clock }), {
      code: "not-loaded",
      message: /no address/,
    });
  });

  test("does not guess when file and journal do not belong together", async () => {
    const { files } = memoryReactor({ files: { a: zoneText } });
    const store = await ZoneStore.open(files(""), "a", origin, { clock });
    await change(store, "add n 5 A 192.0.2.9");
    await store.close();
    await files("").writeFile("a", zoneText.replace(" 1 2", " 77 2"));
    const open = ZoneStore.open(files(""), "a", origin, { clock });
    await assert.rejects(open, {
      code: "bad-journal",
      message: /leads from version 1 on, and the zone's file has version 77/,
    });
  });

  test("loses nothing that was acknowledged, wherever it ends", async (context) => {
    const quiet = (): void => {}; // files that cannot be written when the disk has stopped
    subscribe("hawser:fault", quiet);
    context.after(() => unsubscribe("hawser:fault", quiet));
    for (const seed of seeds({ count: 60, soakCount: 20_000 })) {
      const note = `to see it again: ${replayCommand(seed)}`;
      await surviving(new SeededRandom(String(seed))).catch((cause: unknown) => {
        throw new Error(`${note}: ${String(cause)}`, { cause });
      });
    }
  });
});

/** Changes a zone until the disk stops, and looks what is there afterwards; three lives long. */
async function surviving(random: Random): Promise<void> {
  const disk = new CrashingDisk(random, { a: zoneText });
  const states = new Map<number, string>(); // by serial
  let acknowledged = 1;
  for (let life = 0; life < 3; life++) {
    const store = await ZoneStore.open(disk.tree, "a", origin, { clock, journalOctetsMax: random.integer(300, 3_000) });
    states.set(store.zone.serial, contentOf(store.zone));
    disk.crashAfter(random.integer(0, 60));
    for (let i = 0; i < 12; i++) {
      const name = `h${random.integer(0, 6)}`;
      const line = random.number() < 0.7 ? `add ${name} 5 A 192.0.2.${random.integer(0, 9)}` : `delete ${name}`;
      if (random.number() < 0.05) acknowledged = await replacing(store, states, acknowledged);
      try {
        await store.commit(() => {
          const { change } = updateZone(store.zone, updateOf(line, `add t 5 TXT ${i}`), () => true);
          if (change !== undefined) noteNext(states, store.zone, line, i);
          return change;
        });
        acknowledged = store.zone.serial;
      } catch {
        break;
      }
    }
    await store.close().catch(() => {});
    disk.restart({ lostPower: random.number() < 0.5 });
    const { zone } = await ZoneStore.open(disk.tree, "a", origin, { clock });
    assert.ok(zone.serial >= acknowledged, `version ${acknowledged} was acknowledged, and ${zone.serial} is there`);
    assert.equal(contentOf(zone), states.get(zone.serial));
    for (const change of zone.changesSince(acknowledged) ?? [])
      assert.ok(soaSerial(change.newSoa.data[0]!) > acknowledged);
    acknowledged = zone.serial;
  }
}

/** What the zone will be, should the change be made: on another zone with the same records. */
function noteNext(states: Map<number, string>, zone: Zone, ...[line, i]: [string, number]): void {
  const twin = zoneTwin(zone);
  twin.apply(updateZone(twin, updateOf(line, `add t 5 TXT ${i}`), () => true).change!);
  states.set(twin.serial, contentOf(twin));
}

async function replacing(store: ZoneStore, states: Map<number, string>, acknowledged: number): Promise<number> {
  const text = `@ SOA ns host ${store.zone.serial + 1_000} 2 3 4 5\n@ NS ns\nns A 192.0.2.77`;
  states.set(store.zone.serial + 1_000, linesOf(contentsOf(text).sets()).sort().join("\n"));
  try {
    await store.replaceWith(contentsOf(text));
    return store.zone.serial;
  } catch {
    return acknowledged;
  }
}

describe("ZoneJournal", () => {
  test("finds its last whole entry, wherever the file was cut", async () => {
    const { files } = memoryReactor({ files: { a: zoneText } });
    const store = await ZoneStore.open(files(""), "a", origin, { clock });
    const ends = [8];
    for (let i = 0; i < 5; i++) {
      await change(store, `add h${i} 5 A 192.0.2.${i}`);
      ends.push((await files("").stat("a.journal")).octets);
    }
    await store.close();
    const whole = await files("").readFile("a.journal");
    for (let octets = 0; octets <= whole.length; octets++) {
      await files("").writeFile("cut", whole.subarray(0, octets));
      const { journal, changes, cutOctets } = await ZoneJournal.open(files(""), "cut");
      const entries = Math.max(
        0,
        ends.findLastIndex((end) => end <= octets),
      );
      assert.deepEqual([changes.length, cutOctets], [entries, octets < 8 ? 0 : octets - ends[entries]!]);
      await journal.append(changes[0] ?? (await ZoneJournal.open(files(""), "a.journal")).changes[0]!);
      await journal.close();
      const again = await ZoneJournal.open(files(""), "cut");
      assert.equal(again.changes.length, entries + 1);
      await again.journal.close();
    }
  });

  test("takes no damage for an end", async () => {
    const { files } = memoryReactor({ files: { a: zoneText } });
    const store = await ZoneStore.open(files(""), "a", origin, { clock });
    for (let i = 0; i < 3; i++) await change(store, `add h${i} 5 A 192.0.2.${i}`);
    await store.close();
    const octets = (await files("").readFile("a.journal")).slice();
    octets[20]! ^= 1;
    await files("").writeFile("a.journal", octets);
    await assert.rejects(ZoneJournal.open(files(""), "a.journal"), {
      code: "bad-journal",
      message: 'Cannot read the journal "a.journal": the entry at octet 8 is damaged, and others follow it',
    });
    await files("").writeFile("other", "something else");
    await assert.rejects(ZoneJournal.open(files(""), "other"), {
      code: "bad-journal",
      message: /does not begin like one/,
    });
  });
});
