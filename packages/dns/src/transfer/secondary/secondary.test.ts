import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import { DnsRcode } from "../../words.ts";
import { askHost, changeZone, testQuestion, testRecords, testZone } from "../transfer.test.kit.ts";
import { lines, primaryOf, same, TestSecondary, withServers } from "./secondary.test.kit.ts";

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
