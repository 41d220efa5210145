import assert from "node:assert/strict";
import { test } from "node:test";
import { type SimulatedHost, simulate, type World } from "@hawser/core/simulation";
import { type Seed, seeds } from "@hawser/core/testing";
import type { Zone } from "../authority/zone.ts";
import { ZoneTable } from "../authority/zone-table.ts";
import { zonesPlugin } from "../authority/zones-plugin.ts";
import { parseTsigKey } from "../tsig/key.ts";
import { ZoneNotifier } from "./notify/notifier.ts";
import { transferPlugin } from "./out/transfer-plugin.ts";
import { type SecondaryPlugin, secondaryPlugin } from "./secondary/secondary-plugin.ts";
import { changeZone, linesOf, TestNameServer, testOrigin, testZone } from "./transfer.test.kit.ts";

// A primary, a copy of it, and a copy of the copy. Whatever the network does, nobody ever serves a version that the primary
// has not had, octet for octet; and once the network is well again, all have the last one.

const key = parseTsigKey("transfer.example:c2VjcmV0IHNlY3JldA==");
const worstNetwork = {
  latencyMs: [5, 800],
  cuts: true,
  resets: 0.05,
  refusals: 0.1,
  blackHoles: 0.05,
  datagramLoss: 0.2,
  datagramDuplicates: 0.1,
  datagramReordering: 0.1,
  giveUpMs: 20_000,
} as const;
const goodNetwork = {
  latencyMs: 5,
  cuts: false,
  resets: 0,
  refusals: 0,
  blackHoles: 0,
  datagramLoss: 0,
  datagramDuplicates: 0,
  datagramReordering: 0,
} as const;
const timers = { refreshSecondsMin: 60, retrySecondsMin: 10 };
const zoneText = `@ 300 SOA ns host 4294967290 60 10 86400 300\n@ NS ns\nns A 192.0.2.1`;

/** Every version that the primary has had, by its serial. */
class Versions {
  readonly #lines = new Map<number, readonly string[]>();

  remember(zone: Zone): void {
    this.#lines.set(zone.serial, linesOf(zone.sets()));
  }

  check(zone: Zone): void {
    assert.deepEqual(linesOf(zone.sets()), this.#lines.get(zone.serial), `version ${zone.serial} is no version`);
  }
}

/** A server that copies the zone from one host, and tells others. */
class Copy extends TestNameServer {
  readonly #made: { table: ZoneTable; plugin: SecondaryPlugin };

  constructor(host: SimulatedHost, from: SimulatedHost, to: readonly SimulatedHost[], versions: Versions) {
    const made = {} as { table: ZoneTable; plugin: SecondaryPlugin };
    const make = () => {
      made.table = new CheckedTable(versions);
      const notifier = notifierOf(made.table, to);
      const primaries = [{ host: from.address, tsigKey: key }];
      const zones = [{ origin: testOrigin, primaries, timers, notifyFrom: [{ keys: [key.name] }] }];
      made.plugin = secondaryPlugin(made.table, zones, { folder: "/", notifier });
      return [
        made.plugin,
        notifier,
        transferPlugin(made.table, { allow: [{ keys: [key.name] }] }),
        zonesPlugin(made.table),
      ];
    };
    super(host, make, { tsigKeys: [key] });
    this.#made = made;
  }

  get zone(): Zone | undefined {
    return this.#made.table?.get(testOrigin);
  }

  get counters() {
    return this.#made.plugin.zones[0]!.status.counters;
  }
}

/** Looks at each zone that comes into it, and at each of its versions. */
class CheckedTable extends ZoneTable {
  readonly #versions: Versions;

  constructor(versions: Versions) {
    super();
    this.#versions = versions;
  }

  override add(zone: Zone): void {
    this.#versions.check(zone);
    zone.onChange(() => this.#versions.check(zone));
    super.add(zone);
  }
}

function notifierOf(table: ZoneTable, to: readonly SimulatedHost[]): ZoneNotifier {
  const targets = to.map(({ address }) => ({ host: address, tsigKey: key }));
  return new ZoneNotifier(table, { targets, nameServers: false });
}

/** Updates the zone now and then, until it is time to stop. */
async function updateNowAndThen(world: World, zone: Zone, versions: Versions, until: number): Promise<void> {
  const { random, clock } = world;
  const present = new Map<string, string>();
  while (clock.now() < until) {
    await clock.sleep(random.integer(100, 60_000));
    const [gone, come]: [string[], string[]] = [[], []];
    for (let left = random.integer(1, 8); left > 0; left--) {
      const name = `host${random.integer(0, 30)}`;
      const old = present.get(name);
      if (old !== undefined && !gone.includes(old)) gone.push(old);
      if (come.some((line) => line.startsWith(`${name} `))) continue;
      if (random.number() < 0.7) come.push(`${name} A 10.0.${random.integer(0, 256)}.${random.integer(0, 256)}`);
    }
    const added = come.filter((line) => !gone.includes(line));
    changeZone(zone, gone.filter((line) => !come.includes(line)).join("\n"), added.join("\n"));
    for (const line of gone) present.delete(line.split(" ")[0]!);
    for (const line of come) present.set(line.split(" ")[0]!, line);
    versions.remember(zone);
  }
}

/** Stops a server for a while, or parts two hosts from each other. */
async function troubleNowAndThen(world: World, servers: readonly TestNameServer[], until: number): Promise<void> {
  const { random, clock } = world;
  while (clock.now() < until) {
    await clock.sleep(random.integer(1_000, 120_000));
    const [one, other] = [servers[random.integer(0, servers.length)]!, servers[random.integer(0, servers.length)]!];
    if (one === other) {
      await one.stop();
      await clock.sleep(random.integer(100, 60_000));
      await one.start();
    } else {
      world.partition(one.host.name, other.host.name, { oneWay: random.number() < 0.3 });
      await clock.sleep(random.integer(1_000, 90_000));
      world.heal();
    }
  }
}

async function chainSurvives(
  seed: Seed,
): Promise<{ readonly ixfr: number; readonly axfr: number; readonly versions: number }> {
  return simulate({ ...worstNetwork, seed, timeLimitMs: 7_200_000, leaks: false }, async (world) => {
    const hosts = ["primary", "first", "second"].map((name) => world.host(name)) as [
      SimulatedHost,
      SimulatedHost,
      SimulatedHost,
    ];
    const versions = new Versions();
    const zone = testZone(zoneText, world.random.number() < 0.3 ? { historyRecordsMax: 30 } : {});
    versions.remember(zone);
    const table = new ZoneTable([zone]);
    const condense = world.random.number() < 0.5;
    const allow = [{ keys: [key.name] }];
    const make = () => [notifierOf(table, [hosts[1]]), transferPlugin(table, { allow, condense }), zonesPlugin(table)];
    const copies = [new Copy(hosts[1], hosts[0], [hosts[2]], versions), new Copy(hosts[2], hosts[1], [], versions)];
    const servers = [new TestNameServer(hosts[0], make, { tsigKeys: [key] }), ...copies];
    for (const server of servers) await server.start();
    const until = world.clock.now() + 1_200_000;
    await Promise.all([updateNowAndThen(world, zone, versions, until), troubleNowAndThen(world, servers, until)]);
    world.heal();
    world.setFaults(goodNetwork);
    await world.clock.sleep(600_000);
    for (const copy of copies) {
      assert.equal(copy.zone?.serial, zone.serial);
      assert.deepEqual(linesOf(copy.zone!.sets()), linesOf(zone.sets()));
    }
    const [ixfr, axfr] = [
      copies.reduce((sum, { counters }) => sum + counters.ixfr, 0),
      copies.reduce((sum, { counters }) => sum + counters.axfr, 0),
    ];
    for (const server of servers.reverse()) await server.stop();
    return { ixfr, axfr, versions: zone.serial };
  });
}

test("a chain of copies serves no version that never was, and ends with the last", async (context) => {
  const sum = { ixfr: 0, axfr: 0 };
  const all = seeds({ count: 20, soakCount: 2_000 });
  for (const seed of all) {
    const { ixfr, axfr } = await chainSurvives(seed);
    sum.ixfr += ixfr;
    sum.axfr += axfr;
  }
  context.diagnostic(
    `${all.length} seeds: ${sum.ixfr} differences and ${sum.axfr} whole zones came since the last restarts`,
  );
});
