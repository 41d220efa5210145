import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { IpAddress } from "./address.ts";
import { connect } from "./connect.ts";
import { ConnectionError } from "./errors.ts";
import type { Factory } from "./factory.ts";
import { FakeTransport, fakeNetwork, fakeReactor, fakeSecurity, RecordingProtocol, settled } from "./fakes.test.kit.ts";
import { type ListenOptions, listen } from "./listen.ts";
import type { Listener } from "./listener.ts";
import type { KeyPair } from "./security.ts";
import type { Transport } from "./transport.ts";

/** A factory that records, and remembers the last protocol it made. */
class RecordingFactory implements Factory {
  readonly protocols: RecordingProtocol[] = [];
  readonly transports: Transport[] = [];
  readonly calls: string[] = [];

  accept(transport: Transport): RecordingProtocol {
    const protocol = new RecordingProtocol();
    this.protocols.push(protocol);
    this.transports.push(transport);
    return protocol;
  }

  started(): void {
    this.calls.push("started");
  }

  stopped(): void {
    this.calls.push("stopped");
  }
}

/** A listener on a network that the test is: `arrive` makes a connection. */
async function listenOnFake(endpoint: string, factory: Factory, options: ListenOptions = {}) {
  const asked: unknown[] = [];
  let accept: (transport: Transport) => void = () => {};
  const network = fakeNetwork({
    listen: async (address, { mode, backlog }, take) => {
      asked.push({ ...address, ...(mode && { mode }), ...(backlog && { backlog }) });
      accept = take;
      return { address: address as IpAddress, close: async () => {} };
    },
  });
  const reactor = fakeReactor({ network });
  const listener = await listen(endpoint, factory, { reactor, ...options });
  const arrive = (transport = new FakeTransport(reactor)) => {
    accept(transport);
    return transport;
  };
  return { listener, asked, arrive, clock: reactor.clock };
}

const pair: KeyPair = { certificate: "c", key: "k" };
const listenTls = (factory: Factory, options: ListenOptions = {}) =>
  listenOnFake("tls:443", factory, { keyPair: () => pair, ...options });

test("tcp:PORT listens on every interface, IPv6 and IPv4", async () => {
  const { asked } = await listenOnFake("tcp:7777:backlog=5", new RecordingFactory());
  assert.deepEqual(asked, [{ family: "ipv6", host: "::", port: 7777, backlog: 5 }]);
});

test("where IPv6 is absent, tcp:PORT listens on IPv4", async () => {
  const asked: string[] = [];
  const network = fakeNetwork({
    listen: async (address) => {
      asked.push((address as IpAddress).host);
      if (asked.length === 1) throw new ConnectionError("unreachable", "no IPv6 here");
      return { address: address as IpAddress, close: async () => {} };
    },
  });
  const listener = await listen("tcp:7777", new RecordingFactory(), { reactor: fakeReactor({ network }) });
  assert.deepEqual(asked, ["::", "0.0.0.0"]);
  assert.equal((listener.address as IpAddress).host, "0.0.0.0");
});

test("a port that may not be used says what would help", async () => {
  const listenRefused = async () => {
    throw new ConnectionError("not-permitted", "EACCES");
  };
  const factory = new RecordingFactory();
  const reactor = fakeReactor({ network: fakeNetwork({ listen: listenRefused }) });
  await assert.rejects(listen("tcp:80", factory, { reactor }), {
    code: "not-permitted",
    message:
      "Cannot listen on tcp:80: permission denied (ports below 1024 need root, CAP_NET_BIND_SERVICE, or a systemd socket)",
  });
  assert.deepEqual(factory.calls, ["started", "stopped"]);
});

test("a factory that does not speak over the endpoint's kind is refused", async () => {
  const reactor = fakeReactor();
  await assert.rejects(listen("udp:53", new RecordingFactory(), { reactor }), {
    message: "Cannot listen on udp:53: the endpoint carries datagrams, this server speaks over streams",
  });
  const datagramsOnly: Factory = { bind: () => ({ datagram() {}, closed() {} }) };
  await assert.rejects(listen("tcp:53", datagramsOnly, { reactor }), { code: "unsupported" });
  await assert.rejects(listen("exec:/bin/cat", new RecordingFactory(), { reactor }), {
    message: "Cannot listen on exec:/bin/cat: exec: is for connecting only",
  });
});

test("udp: gives the socket to the factory, and stopping closes it", async () => {
  const events: string[] = [];
  let closeReceiver: () => void = () => {};
  const socket = {
    local: { family: "ipv4", host: "0.0.0.0", port: 53 },
    start: (receiver: { datagram(payload: Uint8Array, from: IpAddress): void; closed(): void }) => {
      closeReceiver = () => receiver.closed();
      receiver.datagram(Buffer.from("hi"), { family: "ipv4", host: "10.0.0.1", port: 9 });
    },
    close: () => setImmediate(() => closeReceiver()),
  };
  const reactor = fakeReactor({ network: fakeNetwork({ bind: async () => socket as never }) });
  const listener = await listen(
    "udp:53",
    {
      bind: () => ({
        datagram: (payload) => void events.push(String(payload)),
        closed: () => void events.push("closed"),
      }),
      stopped: () => void events.push("stopped"),
    },
    { reactor },
  );
  await listener.stop();
  assert.deepEqual(events, ["hi", "closed", "stopped"]);
});

test("tls: the protocol sees the connection when the handshake is done, and not before", async () => {
  const factory = new RecordingFactory();
  const { arrive } = await listenTls(factory, { handshakeTimeoutMs: 99 });
  const transport = new FakeTransport();
  let finish: (security: typeof fakeSecurity) => void = () => {};
  transport.handshake = new Promise((resolve) => {
    finish = resolve;
  });
  arrive(transport);
  await settled();
  assert.equal(factory.protocols.length, 0);
  finish(fakeSecurity);
  await settled();
  assert.equal(factory.transports[0]!.security, fakeSecurity);
  const [tls] = transport.tls;
  assert.ok(tls?.side === "server");
  assert.equal(tls.keyPair("any"), pair);
  assert.equal(tls.handshakeTimeoutMs, 99);
});

test("tls: the factory's protocols are offered by ALPN, unless the endpoint names others", async () => {
  const offered = async (endpoint: string) => {
    const { arrive } = await listenOnFake(
      endpoint,
      { alpn: ["h2"], accept: () => new RecordingProtocol() },
      { keyPair: () => pair },
    );
    return arrive().tls[0]!.alpn;
  };
  assert.deepEqual(await offered("tls:443"), ["h2"]);
  assert.deepEqual(await offered("tls:443:alpn=http/1.1"), ["http/1.1"]);
});

test("tls: certificates are read before listening, and chosen by the name", async () => {
  const files: unknown[] = [];
  const { arrive } = await listenOnFake(
    "tls:443:cert=a.pem,b.pem:key=a.key,b.key:clientCert=requested",
    new RecordingFactory(),
    {
      readCertificates: async (asked) => {
        files.push(asked);
        return { keyPair: (name) => (name === "known" ? pair : undefined), reload: async () => {} };
      },
    },
  );
  const [tls] = arrive().tls;
  assert.ok(tls?.side === "server");
  assert.deepEqual(files, [{ cert: ["a.pem", "b.pem"], key: ["a.key", "b.key"], reload: true }]);
  assert.deepEqual([tls.keyPair("known"), tls.keyPair("unknown")], [pair, undefined]);
  assert.equal(tls.clientCertificate, "requested");
});

test("tls: without a certificate there is no listening", async () => {
  await assert.rejects(listenOnFake("tls:443", new RecordingFactory()), /without a certificate: add cert=FILE/);
});

test("tls: a failed handshake is counted and told, and the listener lives on", async () => {
  const factory = new RecordingFactory();
  const errors: unknown[] = [];
  const { arrive, listener } = await listenTls(factory, { onError: (error) => errors.push(error) });
  const failure = new ConnectionError("handshake-failed", "no shared cipher");
  const bad = new FakeTransport();
  bad.handshake = Promise.reject(failure);
  arrive(bad);
  await settled();
  assert.equal(bad.isClosed, true);
  assert.deepEqual(errors, [failure]);
  assert.equal(listener.failedArrivalCount, 1);
  arrive();
  await settled();
  assert.equal(listener.connectionCount, 1);
});

test("tls: handshakes at a time are limited, and those that hang are aborted at the end of a stop's grace", async () => {
  const { arrive, listener, clock } = await listenTls(new RecordingFactory(), { arrivalsMax: 1 });
  const hanging = new FakeTransport();
  hanging.handshake = new Promise((_, reject) => hanging.whenClosed(() => reject(new Error("closed"))));
  arrive(hanging);
  assert.equal(arrive().isClosed, true);
  const stopping = listener.stop({ graceMs: 1_000 });
  await clock.elapse(999);
  assert.equal(hanging.isClosed, false);
  await clock.elapse(1);
  await stopping;
  assert.equal(hanging.isClosed, true);
});

test("tls: a handshake that was under way when the stop began is finished, and its connection drained", async () => {
  const factory = new RecordingFactory();
  const { arrive, listener, clock } = await listenTls(factory);
  const transport = new FakeTransport();
  let finish: (() => void) | undefined;
  transport.handshake = new Promise((resolve) => {
    finish = resolve as () => void;
  });
  arrive(transport);
  const stopping = listener.stop({ graceMs: 1_000 });
  finish?.();
  await settled();
  assert.deepEqual(factory.protocols[0]?.events, ["drain"]);
  transport.close();
  await stopping;
  assert.equal(clock.pending, 0);
});

test("proxy: the header comes before TLS, and what came with it belongs to the handshake", async () => {
  const factory = new RecordingFactory();
  const { arrive } = await listenOnFake("proxy:from=192.0.2.0/24:tls:443", factory, { keyPair: () => pair });
  const [transport, another] = [arrive(), arrive()];
  transport.deliver("PROXY TCP4 203.0.113.7 198.51.100.1 5000 443\r\nCLIENT HELLO");
  another.deliver("PROXY UNKNOWN\r\n");
  await settled();
  const [tls] = transport.tls;
  assert.equal(tls?.side === "server" && String(tls.received), "CLIENT HELLO");
  // By this connections know that certificates and tickets are theirs together.
  assert.equal(tls?.side === "server" && tls.sharedWith, another.tls[0]);
  assert.equal((factory.transports[0]!.peer as IpAddress).host, "203.0.113.7");
  transport.deliver("first in TLS");
  await settled();
  assert.deepEqual(factory.protocols[0]!.events, ["data first in TLS"]);
});

test("proxy: a connection from elsewhere is refused", async () => {
  const errors: unknown[] = [];
  const { arrive, listener } = await listenOnFake("proxy:tcp:80", new RecordingFactory(), {
    onError: (error) => errors.push(error),
  });
  const transport = arrive();
  await settled();
  assert.equal(transport.isClosed, true);
  assert.match(String(errors[0]), /Cannot take a PROXY header from 192\.0\.2\.99:4000: it is not a trusted proxy/);
  assert.equal(listener.connectionCount, 0);
});

test("a factory that throws costs its connection and nothing else", async () => {
  const errors: unknown[] = [];
  const bug = new Error("bug");
  const factory: Factory = {
    accept() {
      throw bug;
    },
  };
  const { arrive } = await listenOnFake("tcp:80", factory, { onError: (error) => errors.push(error) });
  assert.equal(arrive().isClosed, true);
  assert.deepEqual(errors, [bug]);
});

test("stopping asks every protocol to drain, waits, and then aborts what remains", async () => {
  const factory = new RecordingFactory();
  const { arrive, listener, clock } = await listenOnFake("tcp:80", factory);
  const [quick, slow] = [arrive(), arrive()];
  const stopping = listener.stop({ graceMs: 1_000 });
  assert.deepEqual(
    factory.protocols.map(({ events }) => events),
    [["drain"], ["drain"]],
  );
  assert.equal(arrive().isClosed, true);
  quick.close();
  await clock.elapse(999);
  assert.equal(slow.isClosed, false);
  await clock.elapse(1);
  await stopping;
  await listener.stopped;
  assert.match(slow.abortReason!.message, /server stopped before this connection had finished/);
  assert.deepEqual(factory.calls, ["started", "stopped"]);
  assert.deepEqual([clock.pending, listener.connectionCount, listener.connections.length], [0, 0, 0]);
});

test("an aborted signal stops the listener, and a stopped listener lets go of the signal", async () => {
  const controller = new AbortController();
  const { listener } = await listenOnFake("tcp:80", new RecordingFactory(), { signal: controller.signal });
  controller.abort();
  await listener.stopped;
  await assert.rejects(listenOnFake("tcp:80", new RecordingFactory(), { signal: controller.signal }), {
    name: "AbortError",
  });
});

test("several endpoints are one listener; when one fails the others are given up", async () => {
  const factory = new RecordingFactory();
  const listener = await listen(["tcp:0:interface=127.0.0.1", { type: "tcp", port: 0, host: "127.0.0.1" }], factory);
  const [first, second] = listener.addresses as IpAddress[];
  assert.notEqual(first!.port, second!.port);
  await assert.rejects(listen(["tcp:0:interface=127.0.0.1", `tcp:${first!.port}:interface=127.0.0.1`], factory), {
    code: "address-in-use",
    message: `Cannot listen on tcp:127.0.0.1:${first!.port}: address already in use`,
  });
  await listener.stop();
  const again: Listener = await listen(`tcp:${first!.port}:interface=127.0.0.1`, factory);
  await again.stop();
  assert.deepEqual(factory.calls.filter((call) => call === "started").length, factory.calls.length / 2);
});

test("a UNIX socket: its mode, a living server in the way, a dead one's file, and removal on stop", async () => {
  const folder = await mkdtemp(join(tmpdir(), "hawser-listen-"));
  try {
    const path = join(folder, "x.sock");
    const factory = new RecordingFactory();
    const listener = await listen(`unix:${path}:mode=600`, factory);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await assert.rejects(listen(`unix:${path}`, factory), { code: "address-in-use" });
    const transport = await connect(`unix:${path}`);
    transport.start(new RecordingProtocol());
    transport.end();
    await listener.stop({ graceMs: 0 });
    await assert.rejects(stat(path), { code: "ENOENT" });

    await leaveStaleSocket(path);
    await (await listen(`unix:${path}`, factory)).stop();
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** A server that is killed cannot remove its socket. */
async function leaveStaleSocket(path: string): Promise<void> {
  const program = "require('node:net').createServer().listen(process.argv[1], () => console.log('up'))";
  const child = spawn(process.execPath, ["-e", program, path], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.equal((await stat(path)).isSocket(), true);
}

test("a file that is no socket is never removed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "hawser-listen-"));
  try {
    await assert.rejects(listen(`unix:${folder}`, new RecordingFactory()), ConnectionError);
    assert.equal((await stat(folder)).isDirectory(), true);
  } finally {
    await rm(folder, { recursive: true });
  }
});
