import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate, type World } from "@hawser/core/simulation";
import { contentsOf, queryOf, zoneOf } from "../authority/authority.test.kit.ts";
import type { Zone } from "../authority/zone.ts";
import { ZoneTable } from "../authority/zone-table.ts";
import { zonesPlugin } from "../authority/zones-plugin.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsMessage } from "../message/message.ts";
import { cachePlugin } from "../plugins/cache.ts";
import { roundRobinPlugin } from "../plugins/round-robin.ts";
import { encodeDnsData } from "../records/data-octets.ts";
import { formatDnsRecord } from "../records/text.ts";
import { DatagramClient, question, serve } from "./conversation.test.kit.ts";
import { dnsServer } from "./dns-server.ts";
import type { DnsPlugin } from "./plugin.ts";
import { dnsResponse } from "./reply.ts";

/** Asks several times, so that what is kept of an answer is used, and gives the last. */
async function asked(client: DatagramClient, name: string, times = 4): Promise<DnsMessage> {
  let answer: DnsMessage;
  do answer = await client.exchange(question(name, "A", { recursionDesired: true }), 10);
  while (--times > 0);
  return answer;
}

const lines = ({ answers, authorities }: DnsMessage): readonly string[] =>
  [...answers, ...authorities].map((record) => formatDnsRecord(record));

async function serving(world: World, plugins: DnsPlugin | readonly DnsPlugin[]): Promise<DatagramClient> {
  await serve(world, dnsServer(plugins));
  return DatagramClient.open(world);
}

/** One version on: `www` has another address. */
function changed(zone: Zone, address: string): void {
  const data = [encodeDnsData("A", { address })];
  const [www] = zone.answer(queryOf("www.example.org")).answers;
  const soa = zone.soa.data[0]!.slice();
  soa[soa.length - 17]! += 1;
  const newSoa = { ...zone.soa, data: [soa] };
  zone.apply({ oldSoa: zone.soa, newSoa, deleted: [www!], added: [{ ...www!, data }] });
}

test("an answer that was given often is another after an update, a transfer of changes, and a new version of the whole zone", () =>
  simulate({}, async (world) => {
    const zone = zoneOf("www A 192.0.2.1");
    const client = await serving(world, zonesPlugin(new ZoneTable([zone])));
    assert.deepEqual(lines(await asked(client, "www.example.org")), ["www.example.org. 3600 IN A 192.0.2.1"]);
    changed(zone, "192.0.2.2");
    assert.deepEqual(lines(await asked(client, "www.example.org", 1)), ["www.example.org. 3600 IN A 192.0.2.2"]);
    assert.match(lines(await asked(client, "no.example.org"))[0]!, / 2 7200 900 1209600 300$/);
    zone.replaceWith(contentsOf("$TTL 60\n@ SOA ns host 3 7200 900 1209600 300\n@ NS ns\nno A 192.0.2.3"));
    assert.deepEqual(lines(await asked(client, "no.example.org", 1)), ["no.example.org. 60 IN A 192.0.2.3"]);
    assert.match(lines(await asked(client, "www.example.org", 1))[0]!, / 3 7200 900 1209600 300$/);
    client.close();
  }));

test("every asker gets his letters back, and names of other lengths the same denial (RFC 5452 §9.1)", () =>
  simulate({}, async (world) => {
    const client = await serving(world, zonesPlugin(new ZoneTable([zoneOf("www A 192.0.2.1")])));
    for (const name of ["www.example.org", "WWW.example.org", "wWw.ExAmPlE.oRg", "www.EXAMPLE.org"]) {
      const answer = await asked(client, name, 2);
      assert.equal(String(answer.questions[0]!.name), `${name}.`);
      assert.deepEqual(lines(answer), [`${name}. 3600 IN A 192.0.2.1`]);
    }
    for (const name of ["a.example.org", "long-one.EXAMPLE.org", "b.c.example.org", "a.Example.org"]) {
      const { authorities, rcode } = await asked(client, name, 2);
      assert.equal(rcode, 3);
      assert.equal(String(authorities[0]!.name), `${name.split(".").slice(-2).join(".")}.`);
    }
    client.close();
  }));

test("the TTLs of what a cache gives again and again count down", () =>
  simulate({}, async (world) => {
    const zones = zonesPlugin(new ZoneTable([zoneOf("www A 192.0.2.1")]));
    const client = await serving(world, [cachePlugin(), zones]);
    for (const [seconds, ttl] of [
      [0, 3_600],
      [1, 3_599],
      [2, 3_597],
      [100, 3_497],
    ] as const) {
      await world.clock.sleep(seconds * 1_000);
      const { answers, authoritative } = await asked(client, "www.example.org", 5);
      assert.deepEqual([answers[0]!.ttl, authoritative], [ttl, false]);
    }
    client.close();
  }));

test("addresses take turns, though the zone gives the same answer each time", () =>
  simulate({}, async (world) => {
    const zones = zonesPlugin(new ZoneTable([zoneOf("www A 192.0.2.1\nwww A 192.0.2.2")]));
    const client = await serving(world, [roundRobinPlugin(), zones]);
    const first = async (): Promise<string> => lines(await asked(client, "www.example.org", 1))[0]!;
    const firsts = [await first(), await first(), await first(), await first()];
    assert.deepEqual(firsts.slice(0, 2), firsts.slice(2));
    assert.notEqual(firsts[0], firsts[1]);
    client.close();
  }));

test("answers that were given often are counted like others where answers are limited", () =>
  simulate({}, async (world) => {
    const zones = zonesPlugin(new ZoneTable([zoneOf("www A 192.0.2.1")]));
    const server = dnsServer(zones, { rateLimit: { responsesPerSecond: 10, slip: 0 } });
    await serve(world, server);
    const client = await DatagramClient.open(world);
    for (let i = 0; i < 100; i++) client.send(encodeDnsMessage(question("www.example.org")));
    await world.clock.sleep(1_000);
    client.close();
    assert.equal(client.received.length, 10);
    assert.equal(server.counts.responsesLimited, 90);
  }));

test("one response for everybody is written behind each question as it belongs there", () =>
  simulate({}, async (world) => {
    const zone = zoneOf("www A 192.0.2.1");
    const response = dnsResponse({ answers: zone.answer(queryOf("www.example.org")).answers });
    const client = await serving(world, { name: "always", wrap: () => () => response });
    for (const name of ["www.example.org", "www.example.org", "ftp.example.org", "www.example.net", "org"])
      assert.deepEqual(lines(await asked(client, name, 3)), ["www.example.org. 3600 IN A 192.0.2.1"]);
    client.close();
  }));

test("what is left out for want of room is left out for the asker who has none", () =>
  simulate({}, async (world) => {
    const addresses = Array.from({ length: 31 }, (_, i) => `www A 192.0.2.${i}`).join("\n");
    const client = await serving(world, zonesPlugin(new ZoneTable([zoneOf(addresses)])));
    const ask = async (udpPayloadOctets: number): Promise<readonly [number, boolean]> => {
      const { answers, truncated } = await client.exchange(
        question("www.example.org", "A", { edns: { udpPayloadOctets } }),
        10,
      );
      return [answers.filter(({ type }) => type === "A").length, truncated];
    };
    for (const [octets, told] of [
      [1_232, [31, false]],
      [1_232, [31, false]],
      [1_232, [31, false]],
      [512, [0, true]],
      [1_232, [31, false]],
      [512, [0, true]],
    ] as const)
      assert.deepEqual(await ask(octets), told);
    client.close();
  }));
