import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate, type World } from "@hawser/core/simulation";
import type { EdnsCookie } from "../edns/options/cookie.ts";
import { decodeDnsMessage } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsMessage } from "../message/message.ts";
import { DnsRcode } from "../words.ts";
import { DatagramClient, question, recordsPlugin, StreamClient, serve } from "./conversation.test.kit.ts";
import { dnsServer } from "./dns-server.ts";
import type { DnsServerOptions } from "./options.ts";
import type { DnsPlugin } from "./plugin.ts";

const records = recordsPlugin("www.example. 60 IN A 192.0.2.1");
const client = new Uint8Array(8).fill(7);

function withCookie(server?: Uint8Array): Uint8Array {
  return encodeDnsMessage(question("www.example", "A", { edns: { options: [{ type: "cookie", client, server }] } }));
}

function cookieOf({ edns }: DnsMessage): EdnsCookie {
  return edns!.options.find((option) => option.type === "cookie")!;
}

/** What a peer hears when it says the same 100 times at once. */
async function flood(world: World, octets: Uint8Array, options: DnsServerOptions): Promise<readonly DnsMessage[]> {
  await serve(world, dnsServer(records, options));
  const peer = await DatagramClient.open(world);
  for (let i = 0; i < 100; i++) peer.send(octets);
  await world.clock.sleep(1_000);
  peer.close();
  return peer.received.map((one) => decodeDnsMessage(one));
}

const rateLimit = { responsesPerSecond: 10 };
const asked = encodeDnsMessage(question("www.example"));

test("equal answers beyond the rate are dropped, or cut", () =>
  simulate({}, async (world) => {
    const heard = await flood(world, asked, { rateLimit });
    assert.equal(heard.filter((one) => one.answers.length === 1).length, 10);
    const cut = heard.filter((one) => one.truncated && one.answers.length === 0);
    assert.equal(cut.length, 45);
    assert.equal(heard.length, 55);
  }));

test("malformed questions and unknown opcodes are counted as errors", () =>
  simulate({}, async (world) => {
    const heard = await flood(world, Buffer.from("000700000002000000000000", "hex"), { rateLimit });
    assert.equal(heard.filter((one) => one.rcode === DnsRcode.formErr).length, heard.length);
    assert.ok(heard.length < 60);
  }));

test("who comes over a stream, or with a good cookie, is not limited (RFC 7873 §5.2.3)", () =>
  simulate({}, async (world) => {
    await serve(world, dnsServer(records, { rateLimit }));
    const peer = await DatagramClient.open(world);
    const first = decodeDnsMessage((await peer.ask(withCookie()))[0]!);
    const good = withCookie(cookieOf(first).server);
    for (let i = 0; i < 100; i++) peer.send(good);
    await world.clock.sleep(1_000);
    assert.equal(peer.received.length, 101);
    assert.ok(peer.received.every((one) => decodeDnsMessage(one).answers.length === 1));
    const stream = await StreamClient.open(world);
    for (let i = 0; i < 100; i++) stream.send(asked);
    assert.ok((await stream.until(100)).every((one) => one.answers.length === 1));
    stream.transport.abort();
    peer.close();
  }));

test("whose cookie is not good must show a good one when limited, if that is the policy", () =>
  simulate({}, async (world) => {
    const heard = await flood(world, withCookie(), { rateLimit, cookies: "require-on-udp-when-limited" });
    const refused = heard.filter((one) => one.rcode === DnsRcode.badCookie);
    assert.equal(refused.length, 45);
    assert.ok(refused.every((one) => cookieOf(one).server?.length === 16));
  }));

/** Tells whose address was proven. */
function watching(proven: (boolean | undefined)[]): DnsPlugin {
  return {
    name: "watch",
    wrap: (next) => (request) => {
      proven.push(request.isAddressProven);
      return next(request);
    },
  };
}

/** Asks with a cookie, and gives the one that comes back. */
async function tell(by: DatagramClient, server?: Uint8Array): Promise<Uint8Array> {
  return cookieOf(decodeDnsMessage((await by.ask(withCookie(server)))[0]!)).server!;
}

test("a cookie is good for its address only, for an hour, and fresh ones come in time (RFC 9018 §4.3)", () =>
  simulate({ timeLimitMs: 10_000_000 }, async (world) => {
    const proven: (boolean | undefined)[] = [];
    await serve(world, dnsServer([watching(proven), records]));
    const [peer, other] = [await DatagramClient.open(world), await DatagramClient.open(world, "other")];
    const cookie = await tell(peer);
    assert.deepEqual(await tell(peer, cookie), cookie);
    assert.notDeepEqual(await tell(other, cookie), cookie);
    assert.deepEqual(proven.splice(0), [false, true, false]);
    await world.clock.sleep(1_900_000);
    assert.notDeepEqual(await tell(peer, cookie), cookie);
    await world.clock.sleep(1_900_000);
    await tell(peer, cookie);
    assert.deepEqual(proven.splice(0), [true, false]);
    for (const one of [peer, other]) one.close();
  }));

test("the secret of cookies changes every day, and the one before is believed", () =>
  simulate({ timeLimitMs: 200_000_000 }, async (world) => {
    const proven: (boolean | undefined)[] = [];
    await serve(world, dnsServer([watching(proven), records]));
    const peer = await DatagramClient.open(world);
    await world.clock.sleep(86_340_000);
    const cookie = await tell(peer);
    await world.clock.sleep(120_000);
    const fresh = await tell(peer, cookie);
    assert.notDeepEqual(fresh, cookie);
    assert.deepEqual(await tell(peer, fresh), fresh);
    assert.deepEqual(proven, [false, true, true]);
    peer.close();
  }));

test("servers that share a secret share cookies; a secret has 16 octets", () =>
  simulate({}, async (world) => {
    const secret = new Uint8Array(16).fill(3);
    const reactor = world.host("server");
    const peer = await DatagramClient.open(world);
    const answers: Uint8Array[] = [];
    for (const cookieSecrets of [[secret], [new Uint8Array(16), secret]]) {
      const listener = await world.listen("udp:53", dnsServer(records, { cookieSecrets, rateLimit }), { reactor });
      answers.push(...(await peer.ask(withCookie(answers[0] && cookieOf(decodeDnsMessage(answers[0])).server))));
      await listener.stop();
    }
    const [one, two] = answers.map((octets) => cookieOf(decodeDnsMessage(octets)).server);
    assert.notDeepEqual(one, two); // believed, and replaced by the first secret's
    await assert.rejects(serve(world, dnsServer(records, { cookieSecrets: [new Uint8Array(8)] })), RangeError);
    peer.close();
  }));

test("a client that asks too much is not heard over datagrams, and refused over streams", () =>
  simulate({}, async (world) => {
    const server = dnsServer(records, { clientLimit: { questionsPerSecond: 10, burstQuestions: 10 } });
    await serve(world, server);
    const [peer, stream] = [await DatagramClient.open(world), await StreamClient.open(world)];
    for (let i = 0; i < 30; i++) peer.send(asked);
    for (let i = 0; i < 30; i++) stream.send(asked);
    const heard = await stream.until(30);
    await world.clock.sleep(10);
    assert.equal(peer.received.length, 10);
    assert.equal(heard.filter((one) => one.rcode === DnsRcode.refused).length, 20);
    assert.equal(server.counts.questionsLimited, 40);
    peer.close();
    stream.transport.abort();
  }));
