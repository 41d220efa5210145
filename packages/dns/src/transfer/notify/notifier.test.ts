import assert from "node:assert/strict";
import { test } from "node:test";
import { type SimulatedHost, simulate, type World } from "@hawser/core/simulation";
import type { Zone } from "../../authority/zone.ts";
import { ZoneTable } from "../../authority/zone-table.ts";
import { formatDnsRecord } from "../../records/text.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import { bareResponse, dnsResponse } from "../../serving/reply.ts";
import { parseTsigKey } from "../../tsig/key.ts";
import { DnsOpcode, DnsRcode } from "../../words.ts";
import { changeZone, TestNameServer, testZone } from "../transfer.test.kit.ts";
import { ZoneNotifier, type ZoneNotifierOptions } from "./notifier.ts";

const key = parseTsigKey("notify.example:c2VjcmV0IHNlY3JldA==");

/** A server that hears notices: when, which serial, and whether they were signed. */
function listener(
  world: World,
  name: string,
  rcode?: number,
): { readonly server: TestNameServer; readonly heard: string[] } {
  const heard: string[] = [];
  const plugin: DnsPlugin = {
    name: "listener",
    wrap: () => (request) => {
      const { query, tsigKey } = request;
      assert.equal(query.opcode, DnsOpcode.notify);
      const [answer] = query.message().answers;
      assert.ok(answer?.type === "SOA", answer && formatDnsRecord(answer));
      assert.ok(query.message().authoritative);
      heard.push(`${answer.data.serial}${tsigKey === undefined ? "" : " signed"}`);
      return rcode === undefined ? dnsResponse({ authoritative: true }) : bareResponse(rcode);
    },
  };
  return { server: new TestNameServer(world.host(name), () => [plugin], { tsigKeys: [key] }), heard };
}

async function withNotifier(
  host: SimulatedHost,
  zones: readonly Zone[],
  options: ZoneNotifierOptions,
  body: (notifier: ZoneNotifier, table: ZoneTable) => Promise<void>,
): Promise<void> {
  const table = new ZoneTable(zones);
  const notifier = new ZoneNotifier(table, options);
  notifier.started(host);
  try {
    await body(notifier, table);
  } finally {
    await notifier.stopped();
  }
}

test("each version is told to every target, signed where there is a key; versions that follow at once are told together", () =>
  simulate({}, async (world) => {
    const zone = testZone("SOA 1\n@ NS ns\nns A 192.0.2.1");
    const [one, other] = [listener(world, "one"), listener(world, "other", DnsRcode.refused)];
    const targets = [{ host: one.server.host.address, tsigKey: key }, { host: other.server.host.address }];
    await one.server.start();
    await other.server.start();
    await withNotifier(world.host("primary"), [zone], { targets, nameServers: false }, async (notifier) => {
      await world.clock.sleep(5_000);
      for (let i = 0; i < 5; i++) changeZone(zone, "", `host${i} A 192.0.2.1`);
      await world.clock.sleep(5_000);
      assert.deepEqual(one.heard, ["1 signed", "6 signed"]);
      assert.deepEqual(other.heard, ["1", "6"]);
      assert.deepEqual(notifier.counters, { heard: 2, refused: 2, unheard: 0 });
      notifier.unwatch(zone);
      changeZone(zone, "", "late A 192.0.2.1");
      await world.clock.sleep(5_000);
      assert.equal(one.heard.length, 2);
    });
    await one.server.stop();
    await other.server.stop();
  }));

test("the name servers of the zone are told, but its primary (RFC 1996 §2.1)", () =>
  simulate({ names: { "ns3.example.net": ["10.0.0.9"] } }, async (world) => {
    const hosts = ["ns1", "ns2", "ns4"].map((name) => listener(world, name));
    const [primary, second, elsewhere] = hosts.map(({ server }) => server.host.address);
    const zone = testZone(`@ SOA ns1 host 1 1 1 1 1\n@ NS ns1\n@ NS ns2\n@ NS ns4.\n@ NS nowhere.example.net.
      ns1 A ${primary}\nns2 A ${second}`);
    for (const { server } of hosts) await server.start();
    await withNotifier(world.host("primary"), [zone], {}, async () => {
      await world.clock.sleep(5_000);
      assert.deepEqual(
        hosts.map(({ heard }) => heard),
        [[], ["1"], ["1", "1"]],
        "each at each of its addresses: what is looked up has two",
      );
      assert.ok(elsewhere);
    });
    for (const { server } of hosts) await server.stop();
  }));

test("who does not answer is told again, with longer and longer pauses, and left alone at last (RFC 1996 §3.6)", () =>
  simulate({}, async (world) => {
    const zone = testZone("SOA 1\n@ NS ns\nns A 192.0.2.1");
    const late = listener(world, "late");
    const targets = [{ host: late.server.host.address }, { host: world.host("dead").address }];
    await withNotifier(world.host("primary"), [zone], { targets, nameServers: false }, async (notifier) => {
      await world.clock.sleep(30_000);
      await late.server.start();
      await world.clock.sleep(570_000);
      assert.deepEqual(late.heard, ["1"]);
      assert.deepEqual(notifier.counters, { heard: 1, refused: 0, unheard: 1 });
      changeZone(zone, "", "a A 192.0.2.1");
      await world.clock.sleep(600_000);
      assert.deepEqual(late.heard, ["1", "2"]);
      assert.equal(notifier.counters.unheard, 2);
    });
    await late.server.stop();
  }));

test("a target that names its zones is told of these only, and a zone that comes later is told when it is watched", () =>
  simulate({}, async (world) => {
    const [zone, picky, all] = [testZone("SOA 1\n@ NS ns"), listener(world, "picky"), listener(world, "all")];
    const targets = [
      { host: picky.server.host.address, zones: ["example.net"] },
      { host: all.server.host.address, zones: ["Example.ORG"] },
    ];
    await picky.server.start();
    await all.server.start();
    await withNotifier(world.host("primary"), [], { targets, nameServers: false }, async (notifier, table) => {
      table.add(zone);
      notifier.watch(zone);
      await world.clock.sleep(5_000);
      assert.deepEqual([picky.heard, all.heard], [[], ["1"]]);
    });
    await picky.server.stop();
    await all.server.stop();
  }));
