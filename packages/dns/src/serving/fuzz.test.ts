import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { after, before, test } from "node:test";
import {
  connect,
  type DatagramReceiver,
  type DatagramSocket,
  encodeLengthPrefixed,
  type Factory,
  ipAddress,
  listen,
} from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { ManualClock } from "@hawser/core/testing";
import fc from "fast-check";
import { ZoneContents } from "../authority/contents/zone-contents.ts";
import { Zone } from "../authority/zone.ts";
import { ZoneTable } from "../authority/zone-table.ts";
import { zonesPlugin } from "../authority/zones-plugin.ts";
import { decodeDnsMessage } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import { isDnsQuery } from "../message/query.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { parseDnsRecord } from "../records/text.ts";
import { messagesOf, ordinaryTypes } from "../testing/arbitraries.test.kit.ts";
import { mutate, randomOf } from "../testing/mutation.test.kit.ts";
import { parseTsigKey } from "../tsig/key.ts";
import { signDnsMessage } from "../tsig/sign.ts";
import { question } from "./conversation.test.kit.ts";
import { type DnsServer, dnsServer } from "./dns-server.ts";

const soak = process.env["HAWSER_SOAK"] === "1";
const seed = Number(process.env["HAWSER_SEED"] ?? 1);
const packets = soak ? 1_000_000 : 5_000;

const key = parseTsigKey("hmac-sha256:k.example.:c2VjcmV0");
const clock = new ManualClock();
const reactor = { ...memoryReactor(), clock };

const questions = ["www.example", "no.example", "alias.example", "many.example", "elsewhere.test"].flatMap((name) =>
  (["A", "MX", "ANY", "IXFR", "NSEC"] as const).map((type) =>
    encodeDnsMessage(
      question(name, type, { edns: { options: [{ type: "cookie", client: new Uint8Array(8), server: undefined }] } }),
    ),
  ),
);
const messages = fc
  .sample(messagesOf(ordinaryTypes), { seed, numRuns: soak ? 1_000 : 100 })
  .map((message) => encodeDnsMessage({ ...message, response: false, tsig: undefined }));
const signed = questions.map((octets) => signDnsMessage(octets, key, { now: clock.wall() / 1_000 }).octets);
const corpus = [...questions, ...signed, ...messages];

function zones(): ZoneTable {
  const contents = new ZoneContents(parseDomainName("example"));
  const texts = [
    "example. 60 IN SOA ns.example. host.example. 1 2 3 4 5",
    "example. 60 IN NS ns.example.",
    "ns.example. 60 IN A 192.0.2.53",
    "www.example. 60 IN A 192.0.2.1",
    "alias.example. 60 IN CNAME www.example.",
    "*.wild.example. 60 IN MX 1 www.example.",
    ...Array.from({ length: 200 }, (_, i) => `many.example. 60 IN A 198.51.100.${i}`),
  ];
  for (const text of texts) contents.addRecord(parseDnsRecord(text));
  const table = new ZoneTable();
  table.add(new Zone(contents));
  return table;
}

let server: DnsServer;
const faults: unknown[] = [];
const note = (fault: unknown): void => void faults.push(fault);
before(async () => {
  subscribe("hawser:fault", note);
  const options = { tsigKeys: [key], nsid: "fuzzed", version: "1", clientLimit: { questionsPerSecond: 1e9 } };
  server = dnsServer(zonesPlugin(zones()), options);
  await server.started(reactor);
});
after(async () => {
  await server.stopped();
  unsubscribe("hawser:fault", note);
});

/** A socket that keeps what is sent. */
function socketOf(sent: Uint8Array[]): DatagramSocket {
  return { reactor, local: ipAddress("192.0.2.53", 53), send: (octets: Uint8Array) => void sent.push(octets) } as never;
}

test(`${packets} mutated datagrams are each answered once, or not, as the rules say (HAWSER_SEED=${seed})`, {
  timeout: 3_600_000,
}, () => {
  const sent: Uint8Array[] = [];
  const receiver: DatagramReceiver = (server as Factory).bind!(socketOf(sent));
  const rcodes = new Set<number>();
  for (let n = 0; n < packets; n++) {
    const octets = mutate(corpus[n % corpus.length]!, corpus, randomOf(seed + n));
    try {
      receiver.datagram(octets, ipAddress("198.51.100.1", 1 + (n % 65_535)));
      assert.deepEqual(faults, []);
      assert.equal(sent.length, isDnsQuery(octets) ? 1 : 0);
      const answer = sent.pop();
      if (answer !== undefined) rcodes.add(checkAnswer(octets, answer));
    } catch (cause) {
      throw new Error(`HAWSER_SEED=${seed + n}: ${Buffer.from(octets).toString("hex")}`, { cause });
    }
  }
  assert.ok(rcodes.size >= 6, `only the rcodes ${[...rcodes].join()} came`);
});

/** Every answer can be read, has the id, and is no longer than a datagram may be. */
function checkAnswer(octets: Uint8Array, answer: Uint8Array): number {
  const { id, response, rcode } = decodeDnsMessage(answer);
  assert.equal(id, (octets[0]! << 8) | octets[1]!);
  assert.equal(response, true);
  assert.ok(answer.length <= 1_232);
  return rcode;
}

test(`${packets / 10} mutated messages over HTTPS are answered or dropped (HAWSER_SEED=${seed})`, {
  timeout: 3_600_000,
}, async () => {
  for (let n = 0; n < packets / 10; n++) {
    const octets = mutate(corpus[n % corpus.length]!, corpus, randomOf(seed + n));
    const answer = await server.answer(octets, { peer: ipAddress("198.51.100.1", 1), transport: "https" });
    assert.equal(answer !== undefined, isDnsQuery(octets));
    if (answer !== undefined) decodeDnsMessage(answer);
  }
  assert.deepEqual(faults, []);
});

test("the longest and most twisted messages take milliseconds", async () => {
  const chains = longest((at) => (at < 14 ? [1, 0x61] : [0xc0 | ((at - 2) >> 8), at - 2]), 65_535);
  const names = longest(() => [0xc0, 12], 65_535);
  const questionsOnly = Uint8Array.from(names);
  questionsOnly.set([0xff, 0xff], 4);
  for (const octets of [chains, names, questionsOnly]) {
    const startedAt = process.cpuUsage();
    for (let i = 0; i < 20; i++) await server.answer(octets, { peer: ipAddress("198.51.100.1", 1), transport: "tcp" });
    const { user, system } = process.cpuUsage(startedAt);
    assert.ok((user + system) / 20 < 100_000, `${(user + system) / 20} us`);
  }
});

/** A question, then what `next` writes until the message is full; the counts promise more than there is. */
function longest(next: (at: number) => readonly number[], octetsMax: number): Uint8Array {
  const head = [0, 7, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0x61, 0, 0, 1, 0, 1];
  const octets = new Uint8Array(octetsMax);
  octets.set(head);
  for (let at = head.length; at + 2 <= octetsMax; at += 2) octets.set(next(Math.min(at, 0x3fff)), at);
  return octets;
}

test("streams of mutated octets end in answers or in an end, and never in a fault", async () => {
  const own = memoryReactor();
  await using _ = await listen("tcp:53", server, { reactor: own });
  for (let n = 0; n < (soak ? 2_000 : 50); n++) {
    const random = randomOf(seed + n);
    const transport = await connect("tcp:localhost:53", undefined, { reactor: own });
    const gone = new Promise<void>((resolve) => transport.whenClosed(() => resolve()));
    transport.start({ data: () => {}, end: () => transport.end(), closed: () => {} });
    const frames = Array.from({ length: 20 }, () => encodeLengthPrefixed(16, corpus[random(corpus.length)]!));
    transport.write(mutate(Buffer.concat(frames), corpus, random));
    transport.end();
    await gone;
  }
  assert.deepEqual(faults, []);
});
