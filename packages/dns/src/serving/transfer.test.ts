import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import type { DnsEncodedSet } from "../message/answer.ts";
import { decodeDnsMessage } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import { DnsFlag } from "../message/flags.ts";
import type { DnsMessage } from "../message/message.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { formatDnsRecord, parseDnsRecord } from "../records/text.ts";
import { parseTsigKey } from "../tsig/key.ts";
import { signDnsMessage } from "../tsig/sign.ts";
import { TsigStreamVerifier } from "../tsig/verify.ts";
import { DnsRcode } from "../words.ts";
import { DatagramClient, question, StreamClient, serve } from "./conversation.test.kit.ts";
import { dnsServer } from "./dns-server.ts";
import type { DnsServerOptions } from "./options.ts";
import type { DnsPlugin } from "./plugin.ts";
import type { DnsTransfer } from "./reply.ts";
import { encodeDnsSets } from "./sets.ts";

const [soa] = encodeDnsSets([parseDnsRecord("example. 60 IN SOA ns.example. host.example. 7 1 2 3 4")]) as [
  DnsEncodedSet,
];
const key = parseTsigKey("hmac-sha256:transfer.example.:c2VjcmV0");

/** Some hosts, and one set that takes several messages alone. */
function* zone(hosts: number, texts: number): Generator<DnsEncodedSet> {
  yield soa;
  for (let i = 0; i < hosts; i++)
    yield* encodeDnsSets([parseDnsRecord(`host${i}.sub.example. 60 IN A 192.0.2.${i % 256}`)]);
  const name = parseDomainName("many.example");
  const data = Array.from({ length: texts }, (_, i) => Uint8Array.of(4, i >> 24, i >> 16, i >> 8, i));
  if (texts > 0) yield { name, type: 16, class: 1, ttl: 60, data };
  yield soa;
}

async function* later(sets: Iterable<DnsEncodedSet>): AsyncGenerator<DnsEncodedSet> {
  for (const set of sets) {
    await Promise.resolve();
    yield set;
  }
}

function transferring(sets: () => DnsTransfer["sets"]): DnsPlugin {
  return { name: "transfer", wrap: () => () => ({ type: "transfer", sets: sets() }) };
}

const manners = [
  ["at once", () => zone(3_000, 20_000)],
  ["one after the other", () => later(zone(3_000, 20_000))],
] as const;

for (const [title, sets] of manners) {
  test(`a transfer whose sets come ${title} goes over as many messages as it takes, names compressed (RFC 5936 §2.2)`, () =>
    simulate({ cuts: true }, async (world) => {
      await serve(world, dnsServer(transferring(sets)));
      const client = await StreamClient.open(world);
      client.send(encodeDnsMessage(question("example", "AXFR")));
      client.transport.end();
      await client.untilEnded();
      const messages = client.messages;
      const records = messages.flatMap((message) => message.answers.map((one) => formatDnsRecord(one)));
      assert.equal(records.length, 23_002);
      assert.equal(records[0], records.at(-1));
      assert.equal(new Set(records).size, 23_001);
      assert.ok(messages.every((one) => one.authoritative && one.id === 7 && !one.truncated));
      const longest = Math.max(...client.received.map((octets) => octets.length));
      assert.ok(longest <= 16_384 && longest > 16_200, `${longest} octets`);
      const total = client.received.reduce((sum, octets) => sum + octets.length, 0);
      assert.ok(total < 23_002 * 28, `${total} octets`);
    }));
}

test("a record longer than a message should be has one for itself; one that none can hold ends the connection", () =>
  simulate({}, async (world) => {
    const big = (octets: number): DnsEncodedSet => ({
      name: parseDomainName("big.example"),
      type: 65_280,
      class: 1,
      ttl: 60,
      data: [new Uint8Array(octets)],
    });
    await serve(world, dnsServer(transferring(() => [soa, big(60_000), soa])));
    const client = await StreamClient.open(world);
    client.send(encodeDnsMessage(question("example", "AXFR")));
    const messages = await client.until(3);
    assert.deepEqual(
      messages.map((one) => one.answers.length),
      [1, 1, 1],
    );
    client.transport.abort();
  }));

test("each message of a transfer is signed over the one before (RFC 8945 §5.3.1)", () =>
  simulate({}, async (world) => {
    const options: DnsServerOptions = { tsigKeys: [key] };
    await serve(
      world,
      dnsServer(
        transferring(() => zone(2_000, 0)),
        options,
      ),
    );
    const client = await StreamClient.open(world);
    const now = () => world.clock.wall() / 1_000;
    const signed = signDnsMessage(encodeDnsMessage(question("example", "AXFR", { edns: {} })), key, { now: now() });
    client.send(signed.octets);
    client.transport.end();
    await client.untilEnded();
    const verifier = new TsigStreamVerifier({ key: () => key }, signed.mac);
    const verdicts = client.received.map((octets) => verifier.verify(octets, now()).type);
    assert.ok(verdicts.length > 2);
    assert.ok(verdicts.every((one) => one === "good") && verifier.isComplete);
    assert.ok(client.received.every((octets) => octets.length <= 16_384 + 200));
  }));

test("nothing is read from the source while the peer does not read, and it is let go when the peer is gone", () =>
  simulate({}, async (world) => {
    let taken = 0;
    let isLetGo = false;
    function* watched(): Generator<DnsEncodedSet> {
      try {
        for (const set of zone(200_000, 0)) {
          taken++;
          yield set;
        }
      } finally {
        isLetGo = true;
      }
    }
    await serve(world, dnsServer(transferring(watched)));
    const client = await StreamClient.open(world);
    client.transport.pause();
    client.send(encodeDnsMessage(question("example", "AXFR")));
    await world.clock.sleep(3_000);
    const stalledAt = taken;
    assert.ok(stalledAt < 60_000, `${stalledAt} sets`);
    await world.clock.sleep(1_000);
    assert.equal(taken, stalledAt);
    client.transport.abort();
    await world.clock.sleep(1_000);
    assert.equal(isLetGo, true);
  }));

test("over a datagram a transfer is one message, or the SOA alone (RFC 1995 §2), or refused (RFC 5936 §4.2)", () =>
  simulate({}, async (world) => {
    let hosts = 3;
    await serve(world, dnsServer(transferring(() => zone(hosts, 0))));
    const client = await DatagramClient.open(world);
    const ask = (type: "AXFR" | "IXFR"): Promise<DnsMessage> =>
      client.exchange(question("example", type, { authorities: [parseDnsRecord("example. 0 IN SOA . . 1 0 0 0 0")] }));
    assert.equal((await ask("IXFR")).answers.length, 5);
    hosts = 100;
    const alone = await ask("IXFR");
    assert.deepEqual([alone.answers.map((one) => one.type), alone.truncated], [["SOA"], false]);
    assert.equal((await ask("AXFR")).rcode, DnsRcode.formErr);
    client.close();
  }));

test("flags of a transfer's messages are those of an answer", () =>
  simulate({}, async (world) => {
    await serve(world, dnsServer(transferring(() => zone(1, 0))));
    const client = await StreamClient.open(world);
    client.send(encodeDnsMessage(question("example", "AXFR", { recursionDesired: true })));
    await client.until(1);
    const [octets] = client.received;
    assert.equal((octets![2]! << 8) | octets![3]!, DnsFlag.qr | DnsFlag.aa | DnsFlag.rd);
    assert.equal(decodeDnsMessage(octets!).questions.length, 1);
    client.transport.abort();
  }));
