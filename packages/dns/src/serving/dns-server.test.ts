import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import { type DatagramSocket, ipAddress } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { simulate } from "@hawser/core/simulation";
import { encodeDnsMessage } from "../message/encode.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { formatDnsRecord } from "../records/text.ts";
import { DnsRcode } from "../words.ts";
import { DatagramClient, question, recordsPlugin, StreamClient, serve } from "./conversation.test.kit.ts";
import { dnsServer } from "./dns-server.ts";
import type { DnsPlugin } from "./plugin.ts";
import { bareResponse, dnsResponse } from "./reply.ts";

const www = recordsPlugin("www.example. 60 IN A 192.0.2.1", "www.example. 60 IN A 192.0.2.2");

test("a chain answers over datagrams, and refuses what it does not know", () =>
  simulate({}, async (world) => {
    await serve(world, dnsServer([www]));
    const client = await DatagramClient.open(world);
    const found = await client.exchange(question("WWW.example"));
    assert.deepEqual(
      found.answers.map((one) => formatDnsRecord(one)),
      ["WWW.example. 60 IN A 192.0.2.1", "WWW.example. 60 IN A 192.0.2.2"],
    );
    assert.equal((await client.exchange(question("other.test"))).rcode, DnsRcode.refused);
    client.close();
  }));

/** What is reported while `run` runs. */
async function faultsDuring(run: () => Promise<void>): Promise<readonly string[]> {
  const faults: string[] = [];
  const note = (fault: unknown): void => void faults.push(String((fault as { error: unknown }).error));
  subscribe("hawser:fault", note);
  try {
    await run();
  } finally {
    unsubscribe("hawser:fault", note);
  }
  return faults;
}

const failing: readonly (readonly [string, DnsPlugin])[] = [
  [
    "throws",
    {
      name: "throws",
      wrap: () => () => {
        throw new Error("a bug");
      },
    },
  ],
  ["rejects", { name: "rejects", wrap: () => () => Promise.reject(new Error("a bug")) }],
  ["answers nonsense", { name: "nonsense", wrap: () => () => dnsResponse({ answers: [undefined as never] }) }],
  ["answers nonsense late", { name: "late", wrap: () => async () => dnsResponse({ answers: [undefined as never] }) }],
];

for (const [title, plugin] of failing)
  test(`a plugin that ${title} is answered for with SERVFAIL, and the fault is reported`, async () => {
    const faults = await faultsDuring(() =>
      simulate({ faultsFail: false }, async (world) => {
        await serve(world, dnsServer(plugin));
        const [client, stream] = [await DatagramClient.open(world), await StreamClient.open(world)];
        for (const peer of [client, stream])
          assert.equal((await peer.exchange(question("www.example"))).rcode, DnsRcode.servFail);
        client.close();
        stream.transport.abort();
      }),
    );
    assert.equal(faults.length, 2);
  });

test("an rcode that needs EDNS is SERVFAIL for who has none", () =>
  simulate({}, async (world) => {
    await serve(world, dnsServer({ name: "extended", wrap: () => () => bareResponse(DnsRcode.badName) }));
    const client = await DatagramClient.open(world);
    assert.equal((await client.exchange(question("www.example"))).rcode, DnsRcode.servFail);
    assert.equal((await client.exchange(question("www.example", "A", { edns: {} }))).rcode, DnsRcode.badName);
    client.close();
  }));

test("what does not fit a datagram is cut by whole sets, and TC tells it, as the asker and the server allow", async () => {
  const many = Array.from({ length: 59 }, (_, i) => `many.example. 60 IN A 192.0.2.${i}`); // an answer of 985 octets
  const countFor = (server: number, asker?: number): Promise<readonly [number, boolean]> =>
    simulate({}, async (world) => {
      await serve(world, dnsServer(recordsPlugin(...many), { udpPayloadOctets: server }));
      const client = await DatagramClient.open(world);
      const edns = asker === undefined ? {} : { edns: { udpPayloadOctets: asker } };
      const { answers, truncated } = await client.exchange(question("many.example", "A", edns));
      client.close();
      return [answers.length, truncated];
    });
  for (const [server, asker] of [[1_232], [1_232, 0], [1_232, 984], [984, 4_096]] as const)
    assert.deepEqual(await countFor(server, asker), [0, true]);
  for (const [server, asker] of [
    [1_232, 985],
    [985, 4_096],
  ] as const)
    assert.deepEqual(await countFor(server, asker), [59, false]);
});

test("a datagram may be as long as is said, within reason", () => {
  for (const udpPayloadOctets of [511, 4_097, Number.NaN])
    assert.throws(() => dnsServer(www, { udpPayloadOctets }), RangeError);
});

test("nobody is answered at port 0, nor at our own address; and nothing is answered before the start", async () => {
  const reactor = memoryReactor();
  const sent: number[] = [];
  const local = ipAddress("192.0.2.53", 53);
  const socket = {
    reactor,
    local,
    send: (octets: Uint8Array) => sent.push(octets.length),
  } as unknown as DatagramSocket;
  const server = dnsServer(www);
  const octets = encodeDnsMessage(question("www.example"));
  const sender = { peer: local, transport: "tcp" } as const;
  await assert.rejects(server.answer(octets, sender), /Cannot answer: the DNS server is not started/);
  await server.started(reactor);
  const receiver = server.bind!(socket);
  receiver.datagram(octets, ipAddress("192.0.2.1", 0));
  receiver.datagram(octets, local);
  assert.deepEqual(sent, []);
  receiver.datagram(octets, ipAddress("192.0.2.53", 5_353));
  assert.equal(sent.length, 1);
  assert.equal((await server.answer(octets, sender))?.length, sent[0]);
  await server.stopped();
});

test("answers may be given to many, and their names keep the asker's letters", async () => {
  const reactor = memoryReactor();
  const server = dnsServer(www);
  await server.started(reactor);
  const name = parseDomainName("wWw.ExAmPlE");
  const octets = encodeDnsMessage({ id: 1, questions: [{ name, type: "A", class: 1 }] });
  const answers = await Promise.all(
    [1, 2, 3].map(() => server.answer(octets, { peer: ipAddress("192.0.2.1", 1), transport: "https" })),
  );
  assert.ok(answers.every((one) => Buffer.from(one!).includes("ExAmPlE")));
  assert.equal(new Set(answers.map((one) => Buffer.from(one!).toString("hex"))).size, 1);
  await server.stopped();
});
