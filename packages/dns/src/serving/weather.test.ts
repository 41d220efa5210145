import assert from "node:assert/strict";
import { test } from "node:test";
import { type SimulationOptions, simulate, type World } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { encodeDnsMessage } from "../message/encode.ts";
import { formatDnsRecord, parseDnsRecord } from "../records/text.ts";
import { DatagramClient, question, StreamClient, serve } from "./conversation.test.kit.ts";
import { dnsServer } from "./dns-server.ts";
import type { DnsPlugin } from "./plugin.ts";
import { dnsResponse } from "./reply.ts";
import { encodeDnsSets } from "./sets.ts";

/** Answers some at once, some later, each with a text that only its question gets, some of them long. */
function moody(world: World): DnsPlugin {
  const host = world.host("server");
  return {
    name: "moody",
    wrap: () => (request) => {
      const text = `${request.query.name} 60 IN TXT "${request.query.name}" ${'"x" '.repeat(host.random.integer(0, 300))}`;
      const response = dnsResponse({ answers: encodeDnsSets([parseDnsRecord(text)]) });
      if (host.random.number() < 0.5) return response;
      return host.clock.sleep(host.random.integer(0, 4_000), { signal: request.signal }).then(() => response);
    },
  };
}

const weather: SimulationOptions = {
  cuts: true,
  latencyMs: [0, 300],
  octetsPerSecond: 200_000,
  readOctetsPerSecond: 100_000,
  datagramLoss: 0.1,
  datagramDuplicates: 0.1,
  datagramReordering: 0.2,
};

for (const seed of seeds({ count: 10, soakCount: 2_000 }))
  test(`in bad weather every question of a connection gets its own answer, once (seed ${seed})`, () =>
    simulate({ ...weather, seed }, async (world) => {
      const server = dnsServer(moody(world), { answersPerConnectionMax: 8 });
      await serve(world, server);
      const [stream, datagrams] = [await StreamClient.open(world), await DatagramClient.open(world)];
      for (let id = 0; id < 60; id++) {
        const octets = encodeDnsMessage(question(`n${id}.example`, "TXT", { id, edns: {} }));
        stream.send(octets);
        datagrams.send(octets);
      }
      stream.transport.end();
      await stream.untilEnded();
      await world.clock.sleep(20_000);
      const ids = stream.messages.map((message) => checked(message));
      assert.deepEqual(
        [...ids].sort((a, b) => a - b),
        Array.from({ length: 60 }, (_, id) => id),
      );
      for (const octets of datagrams.received) assert.ok(octets.length <= 1_232);
      assert.ok(datagrams.received.length > 20 && datagrams.received.length < 120);
      assert.equal(server.counts.late, 0);
      datagrams.close();
    }));

/** The id, which must fit what is answered. */
function checked({ id, answers }: StreamClient["messages"][number]): number {
  assert.match(formatDnsRecord(answers[0]!), new RegExp(`^n${id}\\.example\\. 60 IN TXT "n${id}\\.example\\."`));
  return id;
}
