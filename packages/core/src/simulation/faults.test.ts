import assert from "node:assert/strict";
import { test } from "node:test";
import { ipAddress } from "../address.ts";
import { RecordingReceiver } from "../testing/index.ts";
import type { Transport } from "../transport.ts";
import { type SimulationOptions, simulate, type World } from "./index.ts";

/** A server that answers every octet with itself, on host `server`; gives its connections. */
async function echoServer(world: World, port = 7): Promise<{ accepted: Transport[]; close(): Promise<void> }> {
  const host = world.host("server");
  const accepted: Transport[] = [];
  const listening = await host.network.listen(ipAddress("0.0.0.0", port), {}, (transport) => {
    accepted.push(transport);
    transport.start({ data: (chunk) => transport.write(chunk), end: () => transport.end(), closed: () => {} });
  });
  return {
    accepted,
    close: async () => {
      await listening.close();
      for (const transport of accepted) transport.abort();
    },
  };
}

async function connectTo(world: World, port = 7): Promise<{ client: Transport; side: RecordingReceiver }> {
  const client = await world.connect(`tcp:server:${port}`, undefined, { reactor: world.host("client") });
  const side = new RecordingReceiver();
  client.start(side);
  return { client, side };
}

/** Runs a body with an echo server and one client of it. */
function echo(
  options: SimulationOptions,
  body: (world: World, client: Transport, side: RecordingReceiver, server: Transport) => Promise<void>,
): Promise<void> {
  return simulate({ seed: 1, ...options }, async (world) => {
    const server = await echoServer(world);
    const { client, side } = await connectTo(world);
    await body(world, client, side, server.accepted[0]!);
    client.abort();
    await server.close();
  });
}

test("latency: an answer takes two ways, within the range", () =>
  echo({ latencyMs: [100, 150] }, async ({ clock }, client, side) => {
    const asked = clock.now();
    client.write("?");
    await side.untilOctets(1);
    const took = clock.now() - asked;
    assert.ok(took >= 200 && took <= 301, `${took} ms`);
  }));

test("bandwidth: 10,000 octets at 1,000 a second take ten seconds", () =>
  echo({ links: { "client>server": { octetsPerSecond: 1_000 } } }, async ({ clock }, client, side) => {
    const asked = clock.now();
    client.write(Buffer.alloc(10_000));
    await side.untilOctets(10_000);
    assert.equal(Math.round((clock.now() - asked) / 1_000), 10);
  }));

test("a slow reader stops a fast writer", () =>
  echo({ links: { "client>server": { readOctetsPerSecond: 65_536 } } }, async ({ clock }, client, side) => {
    let sent = 0;
    while (client.write(Buffer.alloc(16_384))) sent += 16_384;
    assert.ok(sent < 200_000, `${sent} octets were taken at once`);
    const waited = clock.now();
    await side.untilCalled("drained");
    assert.ok(clock.now() - waited > 500, `drained after ${clock.now() - waited} ms`);
  }));

test("cuts: octets arrive in other pieces than they were written in, all of them and in order", () =>
  echo({ cuts: true, latencyMs: [1, 20] }, async ({ clock }, client, side) => {
    const words = Array.from({ length: 40 }, (_, n) => `word ${n} `);
    for (const word of words) {
      client.write(word);
      await clock.sleep(1);
    }
    await side.untilOctets(words.join("").length);
    assert.equal(side.text, words.join(""));
    const pieces = side.chunks.map((chunk) => Buffer.from(chunk).toString());
    assert.ok(
      pieces.some((piece) => piece.length < 4),
      "no word was cut",
    );
    assert.ok(
      pieces.some((piece) => / .* /.test(piece)),
      "no words were joined",
    );
  }));

test("each octet may come alone", () =>
  echo({ cuts: "each-octet" }, async (_world, client, side) => {
    client.write("one by one");
    await side.untilOctets(10);
    assert.equal(side.chunks.length, 10);
  }));

test("a reset at octet 1,000 lets exactly 1,000 octets through", () =>
  simulate({ seed: 1, links: { "client>server": { resetAfterOctets: 1_000 } } }, async (world) => {
    const received = new RecordingReceiver();
    const port = await world
      .host("server")
      .network.listen(ipAddress("0.0.0.0", 7), {}, (transport) => transport.start(received));
    const { client, side } = await connectTo(world);
    client.write(Buffer.alloc(700));
    await received.untilOctets(700);
    client.write(Buffer.alloc(700));
    await side.untilCalled("closed");
    assert.equal(side.error?.code, "reset");
    await received.untilCalled("closed");
    assert.equal(received.octets, 1_000);
    assert.equal(received.error?.code, "reset");
    await port.close();
  }));

test("a script resets what has carried enough", () =>
  echo({}, async (world, client, side) => {
    client.write("four");
    await side.untilOctets(4);
    world.resetAfter(0);
    client.write("!");
    await side.untilCalled("closed");
    assert.equal(side.error?.code, "reset");
  }));

test("resets come by chance, as often as asked for", () =>
  simulate({ seed: 1, resets: 0.05 }, async (world) => {
    const server = await echoServer(world);
    let resets = 0;
    for (let n = 0; n < 200; n += 1) {
      const { client, side } = await connectTo(world);
      client.write("?");
      await side.until(() => side.octets > 0 || side.calls.includes("closed"));
      if (side.error?.code === "reset") resets += 1;
      client.abort();
    }
    await server.close();
    assert.ok(resets > 5 && resets < 40, `${resets} of 200 connections, each of two segments`);
  }));

test("a connection is refused where nobody listens, and by chance", async () => {
  await simulate({ seed: 1 }, async (world) => {
    world.host("server");
    await assert.rejects(connectTo(world), { code: "refused" });
  });
  await simulate({ seed: 1, refusals: 1 }, async (world) => {
    const server = await echoServer(world);
    await assert.rejects(connectTo(world), { code: "refused" });
    await server.close();
  });
});

test("a black hole never answers: the attempt times out, or is given up", () =>
  simulate({ seed: 1, blackHoles: 1, giveUpMs: 20_000 }, async (world) => {
    const server = await echoServer(world);
    await assert.rejects(connectTo(world), { code: "timed-out" });
    assert.equal(Math.round(world.clock.now() / 1_000), 20);
    const signal = world.clock.deadline(5_000);
    await assert.rejects(world.connect("tcp:server:7", undefined, { signal }), { code: "timed-out" });
    assert.equal(Math.round(world.clock.now() / 1_000), 25);
    await server.close();
  }));

test("an address that nobody has is unreachable", () =>
  simulate({ seed: 1 }, (world) => assert.rejects(world.connect("tcp:192.0.2.1:7"), { code: "unreachable" })));

test("a partition holds octets back, and heals", () =>
  echo({}, async (world, client, side) => {
    world.partition("client", "server");
    client.write("are you there?");
    await world.clock.sleep(30_000);
    assert.equal(side.octets, 0);
    world.heal();
    await side.untilOctets(14);
    assert.equal(side.text, "are you there?");
  }));

test("a partition of one way lets the other way through", () =>
  echo({}, async (world, client, side, server) => {
    world.partition("client", "server", { oneWay: true });
    server.write("hear me");
    await side.untilOctets(7);
    client.write("cannot answer");
    await world.clock.sleep(10_000);
    assert.equal(side.octets, 7);
    world.heal("client", "server");
    await side.untilOctets(20);
  }));

test("a partition that does not heal ends the connection of the side that speaks", () =>
  echo({ giveUpMs: 60_000 }, async (world, client, side) => {
    world.partition("client", "server");
    client.write("are you there?");
    await side.untilCalled("closed");
    assert.equal(side.error?.code, "timed-out");
    assert.equal(Math.round(world.clock.now() / 1_000), 60);
  }));

test("a side that vanishes leaves the other half open, until it speaks", () =>
  echo({ giveUpMs: 60_000 }, async (world, client, side, server) => {
    world.vanish(server);
    await world.clock.sleep(600_000);
    assert.deepEqual(side.calls, []);
    client.write("still there?");
    await side.untilCalled("closed");
    assert.equal(side.error?.code, "timed-out");
  }));

test("without descriptors a host accepts no more, until one is free", () =>
  simulate({ seed: 1 }, async (world) => {
    world.host("server", { descriptorsMax: 2 });
    const server = await echoServer(world);
    const first = await connectTo(world);
    const second = await connectTo(world);
    second.client.write("waiting");
    await world.clock.sleep(60_000);
    assert.equal(server.accepted.length, 1);
    assert.equal(second.side.octets, 0);
    first.client.end();
    await second.side.untilOctets(7);
    second.client.abort();
    await server.close();
  }));

test("without descriptors a host cannot connect", () =>
  simulate({ seed: 1 }, async (world) => {
    world.host("client", { descriptorsMax: 1 });
    const server = await echoServer(world);
    const { client } = await connectTo(world);
    await assert.rejects(connectTo(world), { code: "failed", message: /all 1 descriptors are held/ });
    client.abort();
    await server.close();
  }));

test("lookups take their time and fail by chance; literals do neither", () =>
  simulate({ seed: 1, lookupMs: 250, lookupFailures: 1 }, async (world) => {
    const { names, clock } = world.reactor;
    await names.lookup("192.0.2.1");
    assert.equal(clock.now(), 0);
    await assert.rejects(names.lookup("home"), { code: "timed-out" });
    assert.equal(clock.now(), 250);
  }));

test("datagrams are lost, doubled and overtaken, each as often as asked for", async () => {
  const send = (options: SimulationOptions) =>
    simulate({ seed: 1, latencyMs: [5, 10], ...options }, async (world) => {
      const received: number[] = [];
      const [from, to] = [world.host("client"), world.host("server")];
      const inbox = await to.network.bind(ipAddress("0.0.0.0", 53));
      inbox.start({ datagram: (payload) => received.push(payload[0]!), closed: () => {} });
      const outbox = await from.network.bind(ipAddress("0.0.0.0", 0));
      for (let n = 0; n < 200; n += 1) outbox.send(Uint8Array.of(n), ipAddress(to.address, 53));
      await world.clock.sleep(1_000);
      inbox.close();
      outbox.close();
      return received;
    });
  const inOrder = Array.from({ length: 200 }, (_, n) => n);
  assert.deepEqual(await send({}), inOrder);
  const lossy = await send({ datagramLoss: 0.5 });
  assert.ok(lossy.length > 60 && lossy.length < 140, `${lossy.length} of 200 arrived`);
  const doubled = await send({ datagramDuplicates: 0.5 });
  assert.ok(doubled.length > 260 && doubled.length < 340, `${doubled.length} of 200 arrived`);
  const overtaken = await send({ datagramReordering: 0.2 });
  assert.notDeepEqual(overtaken, inOrder);
  assert.deepEqual(
    overtaken.toSorted((a, b) => a - b),
    inOrder,
  );
});

test("a partition loses datagrams for good", () =>
  simulate({ seed: 1 }, async (world) => {
    const inbox = await world.host("server").network.bind(ipAddress("0.0.0.0", 53));
    let received = 0;
    inbox.start({ datagram: () => void received++, closed: () => {} });
    const outbox = await world.host("client").network.bind(ipAddress("0.0.0.0", 0));
    world.partition("client", "server");
    outbox.send(Uint8Array.of(1), ipAddress(world.host("server").address, 53));
    world.heal();
    outbox.send(Uint8Array.of(2), ipAddress(world.host("server").address, 53));
    await world.clock.sleep(100);
    assert.equal(received, 1);
    inbox.close();
    outbox.close();
  }));
