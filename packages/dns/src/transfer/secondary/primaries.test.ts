import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectionError } from "@hawser/core";
import { plainKeyPair, simulate } from "@hawser/core/simulation";
import { ZoneTable } from "../../authority/zone-table.ts";
import { zonesPlugin } from "../../authority/zones-plugin.ts";
import type { DnsMessageInit } from "../../message/message.ts";
import { DnsType } from "../../records/types.ts";
import { dnsServer } from "../../serving/dns-server.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import { bareResponse } from "../../serving/reply.ts";
import { DnsOpcode, DnsRcode, formatDnsRcode } from "../../words.ts";
import { transferPlugin } from "../out/transfer-plugin.ts";
import { askHost, changeZone, testOrigin, testQuestion, testRecords, testZone } from "../transfer.test.kit.ts";
import { key, lines, primaryOf, same, TestSecondary, withServers } from "./secondary.test.kit.ts";
import { secondaryPlugin } from "./secondary-plugin.ts";

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
      const rcode = async (name: string, type: "A" | "DS" = "A") =>
        formatDnsRcode((await askHost(world, secondary.host, testQuestion(`${name}.`, type))).rcode);
      assert.equal(await rcode("a.b.example.org"), "SERVFAIL");
      assert.equal(await rcode("example.net"), "REFUSED");
      assert.equal(await rcode("org"), "REFUSED");
      assert.equal(await rcode("example.org", "DS"), "REFUSED", "they are the parent's");
      assert.equal(await rcode("sub.example.org", "DS"), "SERVFAIL");
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

test("zones are added and removed while the server runs", () =>
  simulate({}, async (world) => {
    const zone = testZone(lines);
    const secondary = new TestSecondary(world, { origin: "example.net" });
    await withServers([primaryOf(world, zone), secondary], async () => {
      const { plugin } = secondary;
      assert.throws(() => secondaryPlugin(new ZoneTable(), [{ origin: "example.org", primaries: [] }]), RangeError);
      const added = await plugin.add({ origin: testOrigin, primaries: [{ host: world.host("primary").address }] });
      await assert.rejects(plugin.add({ origin: "EXAMPLE.org", primaries: [{ host: "192.0.2.1" }] }), RangeError);
      await added.refresh();
      same(secondary.zone, zone);
      assert.equal(plugin.zones.length, 2);
      assert.ok(await plugin.remove("example.org"));
      assert.ok(!(await plugin.remove("example.org")));
      assert.equal(secondary.zone, undefined);
      assert.equal((await askHost(world, secondary.host, testQuestion("www", "A"))).rcode, DnsRcode.refused);
      await assert.rejects(added.refresh(), { code: "bad-state" });
    });
  }));
