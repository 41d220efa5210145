import assert from "node:assert/strict";
import { test } from "node:test";
import type { IpAddress } from "../address.ts";
import { ipAddress } from "../address.ts";
import { connectTo } from "../connection.ts";
import { connection } from "../connections/connection-factory.ts";
import type { ConnectionError } from "../errors.ts";
import type { Factory } from "../factory.ts";
import { FakeTransport, fakeReactor, RecordingProtocol } from "../fakes.test.kit.ts";
import { listen } from "../listen.ts";
import type { Transport } from "../transport.ts";
import { idleTimeout } from "./idle-timeout.ts";
import { limitConnections } from "./limit-connections.ts";
import { limitPerPeer } from "./limit-per-peer.ts";
import { proxyProtocol } from "./proxy-protocol.ts";
import { throttle } from "./throttle.ts";
import { TokenBucket } from "./token-bucket.ts";
import { trace } from "./trace.ts";
import { wrapFactory } from "./wrap-factory.ts";

/** One connection through a wrapper: the fake below, what the protocol above was given, and what it was told. */
function through(wrap: (factory: Factory) => Factory, transport = new FakeTransport()) {
  const protocol = new RecordingProtocol();
  let above!: Transport;
  const factory = wrap({
    accept: (given) => {
      above = given;
      return protocol;
    },
  });
  const accepted = factory.accept!(transport);
  assert.ok(accepted);
  transport.start(accepted);
  const clock = transport.reactor.clock as ReturnType<typeof fakeReactor>["clock"];
  return { transport, above, protocol, accepted, clock };
}

/** Whether each of some peers is let in by a factory; every connection stays open. */
function admitted(
  factory: Factory,
  peers: readonly string[],
): { readonly answers: boolean[]; readonly open: FakeTransport[] } {
  const open: FakeTransport[] = [];
  const answers = peers.map((host) => {
    const transport = new FakeTransport();
    transport.peer = ipAddress(host, 1);
    const protocol = factory.accept!(transport);
    if (protocol !== undefined) open.push(transport);
    return protocol !== undefined;
  });
  return { answers, open };
}

const recording: Factory = { accept: () => new RecordingProtocol() };

test("a wrapped factory can do what the factory can, and nothing more", async () => {
  const calls: string[] = [];
  const factory: Factory = {
    alpn: ["h2"],
    bind: () => ({ datagram() {}, closed() {} }),
    started: () => void calls.push("started"),
    stopped: () => void calls.push("stopped"),
  };
  const wrapped = limitConnections(1, idleTimeout(1, factory));
  assert.equal(wrapped.accept, undefined);
  assert.notEqual(wrapped.bind, undefined);
  assert.deepEqual(wrapped.alpn, ["h2"]);
  await wrapped.started!(fakeReactor());
  await wrapped.stopped!();
  assert.deepEqual(calls, ["started", "stopped"]);
  assert.equal(wrapFactory(recording, (transport, accept) => accept(transport)).bind, undefined);
});

test("limitConnections refuses while so many are open, and takes others when they close", () => {
  const factory = limitConnections(2, recording);
  const { answers, open } = admitted(factory, ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  assert.deepEqual(answers, [true, true, false]);
  open[0]!.close();
  assert.deepEqual(admitted(factory, ["10.0.0.3", "10.0.0.4"]).answers, [true, false]);
});

test("a connection that the protocol refuses does not count", () => {
  let refuse = true;
  const factory = limitPerPeer(
    1,
    limitConnections(1, { accept: () => (refuse ? undefined : new RecordingProtocol()) }),
  );
  assert.deepEqual(admitted(factory, ["10.0.0.1", "10.0.0.1"]).answers, [false, false]);
  refuse = false;
  assert.deepEqual(admitted(factory, ["10.0.0.1"]).answers, [true]);
});

test("limitPerPeer counts an IPv6 network of 64 bits as one peer", () => {
  const factory = limitPerPeer(1, recording);
  const peers = ["10.0.0.1", "10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1"];
  const { answers, open } = admitted(factory, peers);
  assert.deepEqual(answers, [true, false, true, true, false, true]);
  for (const transport of open) transport.close();
  assert.deepEqual(admitted(factory, ["10.0.0.1", "2001:db8::2"]).answers, [true, true]);
});

test("limitPerPeer knows an IPv4 address that is written in IPv6", () => {
  const { answers } = admitted(limitPerPeer(1, recording), ["::ffff:10.0.0.1", "::ffff:10.0.0.2", "10.0.0.2"]);
  assert.deepEqual(answers, [true, true, false]);
});

test("idleTimeout aborts when nothing happened, counted from the last thing that did", async () => {
  const { transport, above, protocol, clock } = through((factory) => idleTimeout(1_000, factory));
  await clock.elapse(900);
  transport.deliver("a");
  await clock.elapse(900);
  above.write("b");
  await clock.elapse(999);
  assert.equal(transport.isClosed, false);
  await clock.elapse(1);
  assert.deepEqual(protocol.events, ["data a", "closed aborted"]);
  assert.equal((transport.abortReason as ConnectionError).code, "timed-out");
  assert.equal(clock.pending, 0);
});

test("idleTimeout does no timer work for a chunk, and a peer that reads slowly is not idle", async () => {
  const { transport, clock } = through((factory) => idleTimeout(1_000, factory));
  for (let i = 0; i < 100; i++) transport.deliver("x");
  assert.equal(clock.pending, 1);
  transport.pendingOctets = 5_000;
  await clock.elapse(999);
  transport.deliver("x");
  await clock.elapse(999);
  transport.pendingOctets = 4_000;
  await clock.elapse(1_000);
  assert.equal(transport.isClosed, false);
  await clock.elapse(2_000);
  assert.equal(transport.isClosed, true);
});

test("a token bucket fills steadily to its brim, and debts are paid with time", () => {
  const bucket = new TokenBucket(1_000, 500, 0);
  assert.equal(bucket.available(10_000), 500);
  bucket.take(800, 10_000);
  assert.equal(bucket.available(10_000), -300);
  assert.equal(bucket.waitMs(0, 10_000), 300);
  assert.equal(bucket.waitMs(9_999, 10_000), 800);
  assert.equal(bucket.available(10_400), 100);
  assert.throws(() => new TokenBucket(0, 1, 0), RangeError);
});

test("throttle slows reading down by not reading on", async () => {
  const { transport, protocol, clock } = through((factory) => throttle({ readOctetsPerSecond: 10 }, factory));
  transport.deliver("x".repeat(15));
  assert.equal(protocol.events.length, 1);
  assert.equal(transport.isPaused, true);
  await clock.elapse(499);
  assert.equal(transport.isPaused, true);
  await clock.elapse(1);
  assert.equal(transport.isPaused, false);
  assert.equal(clock.pending, 0);
});

test("a pause of the protocol and one of the throttle are two reasons, and both must go", async () => {
  const { transport, above, clock } = through((factory) => throttle({ readOctetsPerSecond: 10 }, factory));
  transport.deliver("x".repeat(20));
  above.pause();
  await clock.elapse(1_000);
  assert.equal(transport.isPaused, true);
  above.resume();
  assert.equal(transport.isPaused, false);
  transport.deliver("x".repeat(10));
  above.pause();
  above.resume();
  assert.equal(transport.isPaused, true);
  await clock.elapse(1_000);
  assert.equal(transport.isPaused, false);
});

test("throttle lets no more out than the rate, tells when there is room, and ends after the last octet", async () => {
  const { transport, above, protocol, clock } = through((factory) =>
    throttle({ writeOctetsPerSecond: 1_000 }, factory),
  );
  assert.equal(above.write("x".repeat(70_000)), false);
  assert.equal(transport.written.length, 1_000);
  assert.equal(above.pendingOctets, 69_000);
  above.end();
  await clock.elapse(10_000);
  assert.equal(transport.written.length, 11_000);
  assert.equal(transport.isEnded, false);
  await clock.elapse(59_000);
  assert.equal(transport.written.length, 70_000);
  assert.equal(transport.isEnded, true);
  assert.deepEqual(protocol.events, ["drained"]);
  assert.equal(clock.pending, 0);
});

test("a transport below that is full stops a throttled writer too", async () => {
  const { transport, above, clock, protocol } = through((factory) =>
    throttle({ writeOctetsPerSecond: 1_000, burstOctets: 100 }, factory),
  );
  transport.isFull = true;
  assert.equal(above.write("x".repeat(150)), false);
  await clock.elapse(10_000);
  assert.equal(transport.written.length, 100);
  transport.drain();
  assert.equal(transport.written.length, 150);
  assert.deepEqual(protocol.events, ["drained"]);
});

test("a rate for the listener is shared by its connections", async () => {
  const reactor = fakeReactor();
  const shared = throttle(
    { writeOctetsPerSecond: 1_000, per: "listener" },
    {
      accept: (transport) => {
        transport.write("x".repeat(1_000));
        return new RecordingProtocol();
      },
    },
  );
  const transports = [new FakeTransport(reactor), new FakeTransport(reactor)];
  for (const transport of transports) transport.start(shared.accept!(transport)!);
  assert.deepEqual(
    transports.map(({ written }) => written.length),
    [1_000, 0],
  );
  await reactor.clock.elapse(1_000);
  assert.deepEqual(
    transports.map(({ written }) => written.length),
    [1_000, 1_000],
  );
});

test("a throttled connection that is lost leaves no timer", async () => {
  const { transport, above, clock } = through((factory) =>
    throttle({ readOctetsPerSecond: 1, writeOctetsPerSecond: 1 }, factory),
  );
  transport.deliver("xxx");
  above.write("xxx");
  assert.equal(clock.pending, 2);
  transport.close();
  assert.equal(clock.pending, 0);
});

test("trace prints a conversation as RFCs write it, without its secrets", () => {
  const lines: string[] = [];
  const { transport, above } = through((factory) => trace((line) => lines.push(line), factory));
  above.writeLatin1("+OK ready\r\n");
  transport.deliver("USER alice\r\nPASS PA\r\n");
  above.write(Uint8Array.of(0, 255, 16));
  transport.deliverEnd();
  above.end();
  transport.close();
  assert.deepEqual(lines, [
    "(opened: 192.0.2.99:4000 to 192.0.2.1:80)",
    "S: +OK ready",
    "C: USER alice",
    "C: PASS ****",
    "S: <00 ff 10>",
    "C: (ends)",
    "S: (ends)",
    "(closed)",
  ]);
});

test("trace cuts what is long, and masks what it is told to", () => {
  const lines: string[] = [];
  const options = { lineCharactersMax: 8, linesMax: 2, secrets: [/key=(\w+)/] };
  const { transport } = through((factory) => trace((line) => lines.push(line), factory, options));
  transport.deliver("key=abc\r\n123456789\r\nthree\r\nfour\r\n");
  assert.deepEqual(lines.slice(1), ["C: key=****", "C: 1234567…", "C: (and 2 lines more)"]);
});

test("proxyProtocol makes the protocol see the client, and refuses strangers", async () => {
  const protocol = new RecordingProtocol();
  const peers: string[] = [];
  const factory = proxyProtocol(
    { from: ["192.0.2.0/24"] },
    {
      accept: (transport) => {
        peers.push((transport.peer as IpAddress).host);
        return protocol;
      },
    },
  );
  const transport = new FakeTransport();
  transport.start(factory.accept!(transport)!);
  transport.deliver("PROXY TCP6 2001:db8::7 2001:db8::1 5000 80\r\nGET");
  transport.deliverEnd();
  await Promise.resolve();
  assert.deepEqual(peers, ["2001:db8::7"]);
  assert.deepEqual(protocol.events, ["data GET", "end"]);

  const stranger = new FakeTransport();
  stranger.peer = ipAddress("198.51.100.1", 1);
  assert.equal(factory.accept!(stranger), undefined);
});

test("draining reaches the protocol through every wrapper", () => {
  const { accepted, protocol } = through((factory) =>
    trace(
      () => {},
      throttle({ readOctetsPerSecond: 1 }, idleTimeout(1_000, limitPerPeer(1, limitConnections(1, factory)))),
    ),
  );
  accepted.drain!();
  assert.deepEqual(protocol.events, ["drain"]);
});

test("all wrappers together carry a conversation over TCP", async () => {
  const echo = connection(async (peer) => {
    for await (const line of peer.lines()) peer.write(`${line}\r\n`);
  });
  const lines: string[] = [];
  const stacked = limitConnections(
    10,
    limitPerPeer(5, idleTimeout(5_000, throttle({ readOctetsPerSecond: 1e6 }, echo))),
  );
  await using listener = await listen(
    "proxy:tcp:0:interface=127.0.0.1",
    trace((line) => lines.push(line), stacked),
  );
  const { port } = listener.address as IpAddress;
  await using peer = await connectTo(`tcp:127.0.0.1:${port}`, {
    proxyHeader: {
      version: 2,
      command: "proxy",
      addresses: { transport: "stream", source: ipAddress("203.0.113.9", 1), destination: ipAddress("203.0.113.1", 2) },
    },
  });
  peer.write("hello\r\n");
  assert.equal(await peer.readLine(), "hello");
  peer.end();
  assert.equal(await peer.isAtEnd(), true);
  await peer.closed;
  assert.deepEqual(lines.slice(0, 3), ["(opened: 203.0.113.9:1 to 203.0.113.1:2)", "C: hello", "S: hello"]);
});
