import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeLengthPrefixed } from "@hawser/core";
import { simulate } from "@hawser/core/simulation";
import { encodeDnsMessage } from "../message/encode.ts";
import { parseDnsRecord } from "../records/text.ts";
import { DnsRcode } from "../words.ts";
import { DatagramClient, question, recordsPlugin, StreamClient, serve } from "./conversation.test.kit.ts";
import { dnsServer } from "./dns-server.ts";
import type { DnsPlugin } from "./plugin.ts";
import { type DnsReply, dnsResponse } from "./reply.ts";
import { type DnsRequest, dnsPeerHost } from "./request.ts";
import { encodeDnsSets } from "./sets.ts";

const records = recordsPlugin("www.example. 60 IN A 192.0.2.1");

/** Keeps every question until it is let go. */
class Held implements DnsPlugin {
  readonly name = "held";
  readonly requests: DnsRequest[] = [];
  readonly #replies: ((reply: DnsReply) => void)[] = [];

  wrap() {
    return (request: DnsRequest) =>
      new Promise<DnsReply>((resolve) => {
        this.requests.push(request);
        this.#replies.push(resolve);
      });
  }

  answer(index: number, reply: DnsReply = dnsResponse({})): void {
    this.#replies[index]!(reply);
  }
}

const parse = (text: string) => parseDnsRecord(text);

const octetsOf = (id: number): Uint8Array => encodeDnsMessage(question("www.example", "A", { id, edns: {} }));

test("answers go out as they are ready (RFC 7766 §6.2.1.1)", () =>
  simulate({ cuts: true }, async (world) => {
    const held = new Held();
    await serve(world, dnsServer(held));
    const client = await StreamClient.open(world);
    for (const id of [1, 2, 3]) client.send(octetsOf(id));
    await world.clock.sleep(1_000);
    for (const index of [2, 0, 1]) {
      held.answer(index);
      await world.clock.sleep(100);
    }
    assert.deepEqual(
      client.messages.map((one) => one.id),
      [3, 1, 2],
    );
    client.transport.abort();
  }));

test("no more is read while so many answers of a connection wait, and all are answered in the end", () =>
  simulate({}, async (world) => {
    const held = new Held();
    await serve(world, dnsServer(held, { answersPerConnectionMax: 10 }));
    const client = await StreamClient.open(world);
    for (let id = 0; id < 35; id++) client.send(octetsOf(id));
    await world.clock.sleep(1_000);
    assert.equal(held.requests.length, 10);
    for (let i = 0; i < 35; i++) {
      held.answer(i);
      await world.clock.sleep(10);
      assert.ok(held.requests.length <= i + 11);
    }
    assert.equal((await client.until(35)).length, 35);
    client.transport.abort();
  }));

test("no more is read while a peer does not read its answers", () =>
  simulate({}, async (world) => {
    let asked = 0;
    const data = Array.from({ length: 200 }, (_, i) => `www.example. 60 IN TXT "${"x".repeat(200)}${i}"`);
    const answers = encodeDnsSets(data.map(parse));
    const large: DnsPlugin = {
      name: "large",
      wrap: () => () => {
        asked++;
        return dnsResponse({ answers });
      },
    };
    await serve(world, dnsServer(large));
    const client = await StreamClient.open(world);
    client.transport.pause();
    for (let id = 0; id < 500; id++) client.send(octetsOf(id));
    await world.clock.sleep(5_000);
    assert.ok(asked < 50, `${asked} of 500 were answered`);
    client.transport.resume();
    assert.equal((await client.until(500)).length, 500);
    client.transport.abort();
  }));

test("a peer that never reads is given up", () =>
  simulate({}, async (world) => {
    const answers = encodeDnsSets(
      Array.from({ length: 200 }, (_, i) => parse(`www.example. 60 IN TXT "${"x".repeat(200)}${i}"`)),
    );
    await serve(world, dnsServer({ name: "large", wrap: () => () => dnsResponse({ answers }) }));
    const client = await StreamClient.open(world);
    client.transport.pause();
    for (let id = 0; id < 500; id++) client.send(octetsOf(id));
    await world.clock.sleep(60_000);
    client.transport.resume();
    await client.untilEnded();
    assert.ok(client.isClosed && client.received.length < 500);
  }));

test("a connection without questions ends after ten seconds, and part of a question keeps nothing open", () =>
  simulate({}, async (world) => {
    await serve(world, dnsServer(records));
    const client = await StreamClient.open(world);
    const frame = encodeLengthPrefixed(16, octetsOf(1));
    await world.clock.sleep(8_000);
    assert.equal((await client.exchange(question("www.example"))).answers.length, 1);
    const startedAt = world.clock.now();
    for (let at = 0; at < frame.length && !client.isEnded; at++) {
      client.transport.write(frame.subarray(at, at + 1));
      await world.clock.sleep(1_000);
    }
    const took = world.clock.now() - startedAt;
    assert.ok(client.isEnded && took >= 10_000 && took <= 12_000, `${took} ms`);
  }));

test("an answer that takes long keeps its connection open", () =>
  simulate({}, async (world) => {
    const held = new Held();
    await serve(world, dnsServer(held, { idleTimeoutMs: 1_000 }));
    const client = await StreamClient.open(world);
    client.send(octetsOf(1));
    await world.clock.sleep(7_000);
    held.answer(0);
    assert.equal((await client.until(1)).length, 1);
    client.transport.abort();
  }));

test("a peer that has ended is answered, then let go (RFC 7766 §6.2.1)", () =>
  simulate({ cuts: "each-octet" }, async (world) => {
    const held = new Held();
    await serve(world, dnsServer(held, { answersPerConnectionMax: 1 }));
    const client = await StreamClient.open(world);
    for (const id of [1, 2]) client.send(octetsOf(id));
    client.transport.end();
    await world.clock.sleep(1_000);
    assert.equal(client.isEnded, false);
    held.answer(0);
    await world.clock.sleep(1_000);
    held.answer(1);
    await client.untilEnded();
    assert.deepEqual(
      client.messages.map((one) => one.id),
      [1, 2],
    );
  }));

test("a server that stops finishes what has begun, and begins nothing new", () =>
  simulate({}, async (world) => {
    const held = new Held();
    const reactor = world.host("server");
    const listener = await world.listen("tcp:53", dnsServer(held), { reactor });
    const [client, idle] = [await StreamClient.open(world), await StreamClient.open(world)];
    client.send(octetsOf(1));
    await world.clock.sleep(1_000);
    const stopped = listener.stop();
    await world.clock.sleep(1_000);
    assert.ok(idle.isEnded);
    client.send(octetsOf(2));
    await world.clock.sleep(1_000);
    held.answer(0);
    await client.untilEnded();
    await stopped;
    assert.deepEqual(
      client.messages.map((one) => one.id),
      [1],
    );
    assert.equal(held.requests.length, 1);
  }));

test("one peer has so many connections, and all together", () =>
  simulate({}, async (world) => {
    await serve(world, dnsServer(records, { connectionsMax: 3, connectionsPerPeerMax: 2 }));
    const mine = [await StreamClient.open(world), await StreamClient.open(world)];
    const refused = await StreamClient.open(world);
    await refused.untilEnded();
    const other = await StreamClient.open(world, "other");
    const last = await StreamClient.open(world, "third");
    await last.untilEnded();
    for (const client of [...mine, other])
      assert.equal((await client.exchange(question("www.example"))).answers.length, 1);
    for (const client of [...mine, other]) client.transport.abort();
  }));

test("behind a proxy, the peer is who asked the proxy, and counts as such", () =>
  simulate({ cuts: "each-octet" }, async (world) => {
    const peers: string[] = [];
    const watch: DnsPlugin = {
      name: "watch",
      wrap: (next) => (request) => {
        peers.push(dnsPeerHost(request));
        return next(request);
      },
    };
    const factory = dnsServer([watch, records], { connectionsPerPeerMax: 1 });
    await world.listen("proxy:from=0.0.0.0/0:tcp:53", factory, { reactor: world.host("server") });
    const [one, two] = [await StreamClient.open(world), await StreamClient.open(world)];
    one.transport.write("PROXY TCP4 192.0.2.1 192.0.2.53 1111 53\r\n");
    two.transport.write("PROXY TCP4 192.0.2.2 192.0.2.53 1111 53\r\n");
    for (const client of [one, two]) assert.equal((await client.exchange(question("www.example"))).answers.length, 1);
    assert.deepEqual(peers, ["192.0.2.1", "192.0.2.2"]);
    for (const client of [one, two]) client.transport.abort();
  }));

test("an answer that takes too long is SERVFAIL, and its work is aborted", () =>
  simulate({}, async (world) => {
    const held = new Held();
    const server = dnsServer(held);
    await serve(world, server);
    const datagrams = await DatagramClient.open(world);
    const stream = await StreamClient.open(world);
    const slow = datagrams.ask(octetsOf(1), 9_900);
    stream.send(octetsOf(2));
    assert.deepEqual(await slow, []);
    assert.ok(held.requests.every(({ signal }) => !signal.aborted));
    const [message] = await stream.until(1);
    assert.equal(message!.rcode, DnsRcode.servFail);
    assert.deepEqual(
      message!.edns?.options.map((one) => one.type),
      ["extended-error"],
    );
    assert.ok(held.requests.every(({ signal }) => signal.aborted));
    held.answer(0);
    held.answer(1);
    await world.clock.sleep(1_000);
    assert.deepEqual([datagrams.received.length, stream.received.length], [1, 1]);
    assert.equal(server.counts.late, 2);
    datagrams.close();
    stream.transport.abort();
  }));

test("a request came when it came, however late somebody asks", () =>
  simulate({}, async (world) => {
    const held = new Held();
    await serve(world, dnsServer(held));
    const client = await StreamClient.open(world);
    client.send(octetsOf(1));
    const sentAt = world.clock.wall();
    await world.clock.sleep(5_000);
    assert.ok(held.requests[0]!.arrivedAt - sentAt < 1_000);
    client.transport.abort();
  }));

test("work for a peer that has gone is aborted", () =>
  simulate({}, async (world) => {
    const held = new Held();
    await serve(world, dnsServer(held));
    const client = await StreamClient.open(world);
    client.send(octetsOf(1));
    await world.clock.sleep(1_000);
    client.transport.abort();
    await world.clock.sleep(1_000);
    assert.equal(held.requests[0]!.signal.aborted, true);
  }));

test("of datagrams beyond what may wait, the newest are dropped and counted", () =>
  simulate({}, async (world) => {
    const held = new Held();
    const server = dnsServer(held, { answersPerSocketMax: 5 });
    await serve(world, server);
    const client = await DatagramClient.open(world);
    for (let id = 0; id < 8; id++) client.send(octetsOf(id));
    await world.clock.sleep(1_000);
    assert.equal(held.requests.length, 5);
    assert.equal(server.counts.dropped, 3);
    for (let i = 0; i < 5; i++) held.answer(i);
    await world.clock.sleep(1_000);
    assert.equal(client.received.length, 5);
    client.close();
  }));

test("a transfer whose source stands still is given up", () =>
  simulate({}, async (world) => {
    const [soa] = encodeDnsSets([parse("example. 60 IN SOA ns.example. host.example. 7 1 2 3 4")]);
    async function* stuck() {
      yield soa!;
      await new Promise<void>(() => {});
    }
    await serve(world, dnsServer({ name: "stuck", wrap: () => () => ({ type: "transfer", sets: stuck() }) }));
    const client = await StreamClient.open(world);
    client.send(encodeDnsMessage(question("example", "AXFR")));
    await client.untilEnded();
    assert.ok(world.clock.now() <= 21_000);
  }));

test("plugins are started once for all listeners, and a start that fails may be tried again", () =>
  simulate({}, async (world) => {
    const calls: string[] = [];
    const plugin: DnsPlugin = {
      name: "counted",
      wrap: (next) => next,
      async started() {
        await world.clock.sleep(10);
        calls.push("started");
        if (calls.length === 1) throw new Error("not yet");
      },
      stopped: () => void calls.push("stopped"),
      reload: () => void calls.push("reloaded"),
    };
    const server = dnsServer(plugin);
    const reactor = world.host("server");
    await assert.rejects(world.listen("udp:53", server, { reactor }), /not yet/);
    const listeners = await Promise.all(["udp:53", "tcp:53"].map((where) => world.listen(where, server, { reactor })));
    await server.reload();
    for (const listener of listeners) await listener.stop();
    assert.deepEqual(calls, ["started", "started", "reloaded", "stopped"]);
  }));
