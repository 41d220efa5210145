import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectionError } from "@hawser/core";
import { plainKeyPair, simulate, type World } from "@hawser/core/simulation";
import type { Zone } from "../../authority/zone.ts";
import { ZoneTable } from "../../authority/zone-table.ts";
import { zonesPlugin } from "../../authority/zones-plugin.ts";
import type { DnsMessageInit } from "../../message/message.ts";
import { parseDomainName } from "../../name/domain-name.ts";
import { DnsType } from "../../records/types.ts";
import { dnsServer } from "../../serving/dns-server.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import { bareResponse } from "../../serving/reply.ts";
import { parseTsigKey } from "../../tsig/key.ts";
import { DnsOpcode, DnsRcode, formatDnsRcode } from "../../words.ts";
import { ZoneNotifier, type ZoneNotifierOptions } from "../notify/notifier.ts";
import { type TransferPluginOptions, transferPlugin } from "../out/transfer-plugin.ts";
import {
  askHost,
  changeZone,
  linesOf,
  TestNameServer,
  testOrigin,
  testQuestion,
  testRecords,
  testZone,
} from "../transfer.test.kit.ts";
import { type SecondaryPlugin, type SecondaryPluginOptions, secondaryPlugin } from "./secondary-plugin.ts";
import type { SecondaryZoneOptions } from "./secondary-zone.ts";

const key = parseTsigKey("transfer.example:c2VjcmV0IHNlY3JldA==");

/** A zone that is refreshed after two hours, retried after 15 minutes, and expires after two weeks. */
const lines = "SOA 1\n@ NS ns\n@ NS ns2.example.net.\nns A 192.0.2.1\nwww A 192.0.2.80";

interface PrimaryOptions {
  readonly transfers?: Partial<TransferPluginOptions>;
  readonly notifier?: ZoneNotifierOptions;
  readonly before?: readonly DnsPlugin[];
}

/** A primary that gives its zone to all, and tells nobody. */
function primaryOf(world: World, zone: Zone, options: PrimaryOptions = {}, name = "primary"): TestNameServer {
  const table = new ZoneTable([zone]);
  const { transfers, notifier, before = [] } = options;
  const make = () => [
    ...before,
    new ZoneNotifier(table, { nameServers: false, ...notifier }),
    transferPlugin(table, { allow: [{}], ...transfers }),
    zonesPlugin(table),
  ];
  return new TestNameServer(world.host(name), make, { tsigKeys: [key] });
}

class TestSecondary extends TestNameServer {
  readonly #made: { table: ZoneTable; plugin: SecondaryPlugin };

  constructor(
    world: World,
    zone: Partial<SecondaryZoneOptions> = {},
    options: SecondaryPluginOptions = {},
    name = "secondary",
  ) {
    const primaries = [{ host: world.host("primary").address }];
    const made = {} as { table: ZoneTable; plugin: SecondaryPlugin };
    super(world.host(name), () => {
      made.table = new ZoneTable();
      made.plugin = secondaryPlugin(made.table, [{ origin: testOrigin, primaries, ...zone }], options);
      return [made.plugin, transferPlugin(made.table, { allow: [{}] }), zonesPlugin(made.table)];
    });
    this.#made = made;
  }

  get secondary() {
    return this.#made.plugin.zones[0]!;
  }

  get zone(): Zone | undefined {
    return this.#made.table.get(testOrigin);
  }
}

async function withServers<T>(servers: readonly TestNameServer[], body: () => Promise<T>): Promise<T> {
  try {
    for (const server of servers) await server.start();
    return await body();
  } finally {
    for (const server of servers) await server.stop();
  }
}

const same = (one: Zone | undefined, other: Zone) =>
  assert.deepEqual(one && linesOf(one.sets()), linesOf(other.sets()));

test("a secondary takes the zone when it starts, and answers from it with authority", () =>
  simulate({ cuts: true }, async (world) => {
    const zone = testZone(lines);
    const secondary = new TestSecondary(world);
    await withServers([primaryOf(world, zone), secondary], async () => {
      assert.equal((await askHost(world, secondary.host, testQuestion("www", "A"))).rcode, DnsRcode.servFail);
      await world.clock.sleep(1_000);
      const answer = await askHost(world, secondary.host, testQuestion("www", "A"));
      assert.ok(answer.authoritative);
      assert.deepEqual(answer.answers, testRecords("www A 192.0.2.80"));
      same(secondary.zone, zone);
      const { counters, expiresInMs, primary } = secondary.secondary.status;
      assert.deepEqual(counters, { attempts: 1, failures: 0, axfr: 1, ixfr: 0, notices: 0 });
      assert.equal(primary, `udp:${world.host("primary").address}:53`);
      assert.ok(expiresInMs! > 1_209_590_000 && expiresInMs! <= 1_209_600_000, `${expiresInMs} ms`);
    });
  }));

test("a new version is told by NOTIFY, and comes as the difference (RFC 1996, RFC 1995)", () =>
  simulate({}, async (world) => {
    const zone = testZone(lines);
    const secondary = new TestSecondary(world);
    const targets = [{ host: secondary.host.address }];
    await withServers([primaryOf(world, zone, { notifier: { targets } }), secondary], async () => {
      await world.clock.sleep(10_000);
      changeZone(zone, "www A 192.0.2.80", "www A 192.0.2.81");
      changeZone(zone, "", "mail A 192.0.2.25");
      await world.clock.sleep(3_000);
      same(secondary.zone, zone);
      const { counters } = secondary.secondary.status;
      assert.deepEqual([counters.axfr, counters.ixfr, counters.notices], [1, 1, 2]);
    });
  }));

test("without notices a new version is found when the SOA says so", () =>
  simulate({ timeLimitMs: 10_000_000 }, async (world) => {
    const zone = testZone(lines);
    const secondary = new TestSecondary(world);
    await withServers([primaryOf(world, zone), secondary], async () => {
      await world.clock.sleep(10_000);
      changeZone(zone, "", "mail A 192.0.2.25");
      await world.clock.sleep(6_400_000);
      assert.equal(secondary.zone?.serial, 1);
      await world.clock.sleep(800_000);
      same(secondary.zone, zone);
    });
  }));

test("a zone whose primary is gone expires: SERVFAIL, until it is back (RFC 1034 §4.3.5)", () =>
  simulate({ timeLimitMs: 3_000_000_000, stepsMax: 3_000_000 }, async (world) => {
    const zone = testZone(lines);
    const [primary, secondary] = [primaryOf(world, zone), new TestSecondary(world)];
    await withServers([primary, secondary], async () => {
      await world.clock.sleep(10_000);
      await primary.stop();
      await world.clock.sleep(1_209_500_000);
      assert.equal((await askHost(world, secondary.host, testQuestion("www", "A"))).answers.length, 1);
      await world.clock.sleep(200_000);
      assert.equal((await askHost(world, secondary.host, testQuestion("www", "A"))).rcode, DnsRcode.servFail);
      const { serial, counters, lastError } = secondary.secondary.status;
      assert.equal(serial, undefined);
      assert.ok(counters.failures > 1_000 && counters.failures < 2_000, `${counters.failures} failures`);
      assert.match(String(lastError), /ConnectionError/);
      await primary.start();
      await world.clock.sleep(900_000);
      same(secondary.zone, zone);
    });
  }));

test("a copy that is kept in files is served after a restart, before any primary answers", () =>
  simulate({ timeLimitMs: 10_000_000 }, async (world) => {
    const zone = testZone(lines);
    const primary = primaryOf(world, zone);
    const secondary = new TestSecondary(world, {}, { folder: "/" });
    await withServers([primary, secondary], async () => {
      await world.clock.sleep(10_000);
      for (let i = 0; i < 3; i++) {
        changeZone(zone, "", `host${i} A 192.0.2.${i}`);
        await secondary.secondary.refresh();
      }
      await secondary.stop();
      await primary.stop();
      await world.clock.sleep(5_000_000);
      await secondary.start();
      same(secondary.zone, zone);
      assert.equal(secondary.zone!.changesSince(1)?.length, 3, "what others may want to know is still known");
      const { expiresInMs } = secondary.secondary.status;
      assert.ok(expiresInMs! < 1_209_600_000 - 4_900_000, `${expiresInMs} ms: it has grown old meanwhile`);
      await primary.start();
      changeZone(zone, "", "mail A 192.0.2.25");
      await secondary.secondary.refresh();
      same(secondary.zone, zone);
      assert.deepEqual(secondary.secondary.status.counters.ixfr, 1);
    });
  }));

test("primaries are asked in their order, until one has our version or a newer one", () =>
  simulate({}, async (world) => {
    const [old, good] = [testZone(lines), testZone(lines)];
    changeZone(good, "", "mail A 192.0.2.25");
    const servers = [primaryOf(world, old), primaryOf(world, good, {}, "other")];
    const hosts = ["nowhere", "primary", "other"].map((name) => ({ host: world.host(name).address }));
    const secondary = new TestSecondary(world, { primaries: hosts });
    await withServers([...servers, secondary], async () => {
      await world.clock.sleep(20_000);
      same(secondary.zone, old);
      changeZone(good, "", "ftp A 192.0.2.21");
      await secondary.secondary.refresh();
      same(secondary.zone, old); // the first that answers has our version
      await servers[0]!.stop();
      await secondary.secondary.refresh();
      same(secondary.zone, good);
      await servers[0]!.start();
      await servers[1]!.stop();
      await assert.rejects(secondary.secondary.refresh(), /the server has version 1, and we 3/);
      same(secondary.zone, good);
      await secondary.secondary.refresh({ whole: true });
      same(secondary.zone, old);
    });
  }));

/** A server that knows no IXFR. */
const noIxfr: DnsPlugin = {
  name: "old",
  wrap: (next) => (request) => (request.query.type === 251 ? bareResponse(DnsRcode.notImp) : next(request)),
};

test("the whole zone comes from servers without IXFR, or that have forgotten the changes", () =>
  simulate({}, async (world) => {
    const [zone, forgetful] = [testZone(lines), testZone(lines, { historyRecordsMax: 1 })];
    const servers = [primaryOf(world, zone, { before: [noIxfr] }), primaryOf(world, forgetful, {}, "other")];
    const secondaries = ["primary", "other"].map(
      (name) => new TestSecondary(world, { primaries: [{ host: world.host(name).address }] }, {}, `of ${name}`),
    );
    await withServers([...servers, ...secondaries], async () => {
      await world.clock.sleep(1_000);
      for (const one of [zone, forgetful]) changeZone(one, "www A 192.0.2.80", "mail A 192.0.2.25");
      for (const { secondary } of secondaries) await secondary.refresh();
      same(secondaries[0]!.zone, zone);
      same(secondaries[1]!.zone, forgetful);
      assert.deepEqual(
        secondaries.map(({ secondary }) => [secondary.status.counters.axfr, secondary.status.counters.ixfr]),
        [
          [2, 0],
          [2, 0],
        ],
      );
    });
  }));

test("keys: SOA, transfers and differences are signed; without the key nothing is given", () =>
  simulate({ cuts: true }, async (world) => {
    const zone = testZone(lines);
    const allow = [{ keys: [key.name] }];
    const host = world.host("primary").address;
    const signing = new TestSecondary(world, { primaries: [{ host, tsigKey: key }] }, {}, "signing");
    const bare = new TestSecondary(world, {}, {}, "bare");
    const wrong = { ...key, secret: Uint8Array.of(1) };
    const lying = new TestSecondary(world, { primaries: [{ host, transport: "tcp", tsigKey: wrong }] }, {}, "lying");
    await withServers([primaryOf(world, zone, { transfers: { allow } }), signing, bare, lying], async () => {
      await world.clock.sleep(10_000);
      changeZone(zone, "", "mail A 192.0.2.25");
      await signing.secondary.refresh();
      same(signing.zone, zone);
      assert.equal(signing.secondary.status.counters.ixfr, 1);
      assert.equal(bare.zone, undefined);
      assert.match(String(bare.secondary.status.lastError), /REFUSED/);
      assert.match(String(lying.secondary.status.lastError), /NOTAUTH|signed/);
    });
  }));

test("notices are believed from primaries and from those who sign, and answered to all", () =>
  simulate({}, async (world) => {
    const zone = testZone(lines);
    const secondary = new TestSecondary(world, { notifyFrom: [{ from: ["10.0.0.0/8"] }] });
    const strict = new TestSecondary(world, {}, {}, "strict");
    const notice: DnsMessageInit = { ...testQuestion("@", "SOA"), opcode: DnsOpcode.notify, authoritative: true };
    const tell = async (to: TestSecondary, message = notice) =>
      formatDnsRcode((await askHost(world, to.host, message)).rcode);
    await withServers([primaryOf(world, zone), secondary, strict], async () => {
      await world.clock.sleep(1_000);
      assert.equal(await tell(secondary), "NOERROR");
      assert.equal(await tell(secondary, { ...notice, answers: testRecords("SOA 1") }), "NOERROR");
      assert.equal(await tell(strict), "REFUSED");
      assert.equal(await tell(strict, { ...notice, ...testQuestion("sub", "SOA") }), "NOTAUTH");
      assert.equal(await tell(secondary, { ...notice, ...testQuestion("@", "A") }), "NOTIMP");
      await world.clock.sleep(1_000);
      assert.equal(secondary.secondary.status.counters.notices, 2);
      assert.equal(secondary.secondary.status.counters.attempts, 2, "a notice of our own version is no news");
      assert.equal(strict.secondary.status.counters.notices, 0);
    });
  }));

test("many notices at a time make one attempt, and one more", () =>
  simulate({ latencyMs: 500 }, async (world) => {
    const zone = testZone(lines);
    const secondary = new TestSecondary(world, { notifyFrom: [{}] });
    await withServers([primaryOf(world, zone), secondary], async () => {
      await world.clock.sleep(60_000);
      const before = secondary.secondary.status.counters.attempts;
      const notice = { ...testQuestion("@", "SOA"), opcode: DnsOpcode.notify };
      await Promise.all(Array.from({ length: 20 }, () => askHost(world, secondary.host, notice)));
      await world.clock.sleep(60_000);
      assert.equal(secondary.secondary.status.counters.attempts - before, 2);
    });
  }));

test("a secondary tells how long its copy may be served, and another's lasts no longer (RFC 7314)", () =>
  simulate({ timeLimitMs: 1e9 }, async (world) => {
    const zone = testZone(lines);
    const [primary, first] = [primaryOf(world, zone), new TestSecondary(world, {}, {}, "first")];
    const second = new TestSecondary(world, { primaries: [{ host: first.host.address }] }, {}, "second");
    await withServers([primary, first], async () => {
      await world.clock.sleep(10_000);
      await primary.stop();
      await world.clock.sleep(600_000_000);
      await second.start();
      await world.clock.sleep(10_000);
      const { status } = second.secondary;
      assert.ok(status.expiresInMs! < 610_000_000, `${status.expiresInMs} ms`);
      assert.ok(Math.abs(status.expiresInMs! - first.secondary.status.expiresInMs!) < 2_000);
      await second.stop();
    });
  }));

test("names below a zone that is missing are SERVFAIL, and those of other zones are not", () =>
  simulate({}, async (world) => {
    const secondary = new TestSecondary(world);
    await withServers([secondary], async () => {
      const rcode = async (name: string) =>
        formatDnsRcode(
          (await askHost(world, secondary.host, { questions: [{ name: parseDomainName(name), type: "A", class: 1 }] }))
            .rcode,
        );
      assert.equal(await rcode("a.b.example.org"), "SERVFAIL");
      assert.equal(await rcode("example.net"), "REFUSED");
      assert.equal(await rcode("org"), "REFUSED");
    });
  }));

test("differences come over UDP where they fit, and over TCP where they do not (RFC 1995 §2)", () =>
  simulate({}, async (world) => {
    const zone = testZone(`${lines}\n${Array.from({ length: 300 }, (_, i) => `old${i} A 192.0.2.1`).join("\n")}`);
    const asked: string[] = [];
    const noting: DnsPlugin = {
      name: "noting",
      wrap: (next) => (request) => {
        if (request.query.type === DnsType.IXFR) asked.push(request.transport);
        return next(request);
      },
    };
    const primaries = [{ host: world.host("primary").address, ixfrOverUdp: true, tsigKey: key }];
    const secondary = new TestSecondary(world, { primaries });
    await withServers([primaryOf(world, zone, { before: [noting] }), secondary], async () => {
      await world.clock.sleep(1_000);
      changeZone(zone, "", "mail A 192.0.2.25");
      await secondary.secondary.refresh();
      assert.deepEqual(asked.splice(0), ["udp"]);
      changeZone(zone, "", Array.from({ length: 200 }, (_, i) => `new${i} A 192.0.2.1`).join("\n"));
      await secondary.secondary.refresh();
      assert.deepEqual(asked, ["udp", "tcp"]);
      same(secondary.zone, zone);
      assert.deepEqual(secondary.secondary.status.counters.ixfr, 2);
    });
  }));

test("a primary is asked over TLS, and believed only with its own name (RFC 9103)", () =>
  simulate({ cuts: true }, async (world) => {
    const zone = testZone(lines);
    const table = new ZoneTable([zone]);
    const server = dnsServer([transferPlugin(table, { allow: [{}] }), zonesPlugin(table)]);
    const keyPair = () => plainKeyPair("primary");
    await world.listen("tls:853", server, { reactor: world.host("primary"), keyPair });
    const host = world.host("primary").address;
    const good = new TestSecondary(
      world,
      { primaries: [{ host, transport: "tls", tls: { serverName: "primary" } }] },
      {},
      "good",
    );
    const bad = new TestSecondary(world, { primaries: [{ host, transport: "tls" }] }, {}, "bad");
    await withServers([good, bad], async () => {
      await world.clock.sleep(1_000);
      same(good.zone, zone);
      changeZone(zone, "", "mail A 192.0.2.25");
      await good.secondary.refresh();
      same(good.zone, zone);
      assert.equal(bad.zone, undefined);
      assert.equal((bad.secondary.status.lastError as ConnectionError).code, "bad-certificate");
    });
  }));
