import assert from "node:assert/strict";
import { test } from "node:test";
import type { IpAddress } from "./address.ts";
import { formatAddress } from "./address.ts";
import { connect } from "./connect.ts";
import { ConnectionError, type ConnectionErrorCode } from "./errors.ts";
import type { Factory } from "./factory.ts";
import { FakeTransport, fakeNetwork, fakeReactor, ManualClock, RecordingProtocol, settled } from "./fakes.test.kit.ts";
import { listen } from "./listen.ts";
import type { Reactor } from "./reactor.ts";
import { traceToText } from "./trace.ts";

type Answer = number | { readonly after: number; readonly fails: ConnectionErrorCode };

/** A world in which each host answers after a time, or fails after one, or (absent) never. */
class Hosts {
  readonly clock = new ManualClock();
  readonly log: string[] = [];
  readonly transports: FakeTransport[] = [];
  readonly reactor: Reactor;

  constructor(answers: Readonly<Record<string, Answer>>) {
    const lookup = async () =>
      Object.keys(answers).map((host) => ({
        family: host.includes(":") ? ("ipv6" as const) : ("ipv4" as const),
        host,
      }));
    const network = fakeNetwork({
      connect: (address, { signal }) => this.#connect((address as IpAddress).host, answers, signal!),
    });
    this.reactor = fakeReactor({ clock: this.clock, network, names: { lookup } });
  }

  #connect(host: string, answers: Readonly<Record<string, Answer>>, signal: AbortSignal): Promise<FakeTransport> {
    this.log.push(`${this.clock.now()} try ${host}`);
    const answer = answers[host]!;
    return new Promise((resolve, reject) => {
      const after = typeof answer === "number" ? answer : answer.after;
      const timer = this.clock.after(after, () => {
        if (typeof answer !== "number") return reject(new ConnectionError(answer.fails, `${host}: ${answer.fails}`));
        const transport = new FakeTransport(this.reactor);
        transport.peer = { family: "ipv4", host, port: 1 };
        this.transports.push(transport);
        resolve(transport);
      });
      signal.addEventListener("abort", () => {
        timer.cancel();
        this.log.push(`${this.clock.now()} give up ${host}`);
        reject(signal.reason);
      });
    });
  }
}

test("a slow first address is not given up: the second is tried beside it, and the first to answer wins", async () => {
  const hosts = new Hosts({ "::1": 300, "10.0.0.1": 100 });
  const connecting = connect("tcp:example.org:80", undefined, { reactor: hosts.reactor });
  await hosts.clock.elapse(1_000);
  assert.equal(formatAddress((await connecting).peer), "::1:1");
  assert.deepEqual(hosts.log, ["0 try ::1", "250 try 10.0.0.1", "300 give up ::1", "300 give up 10.0.0.1"]);
  assert.equal(hosts.clock.pending, 0);
});

test("a refused address starts the next at once", async () => {
  const hosts = new Hosts({ "::1": { after: 10, fails: "refused" }, "10.0.0.1": 20 });
  const connecting = connect("tcp:example.org:80", undefined, { reactor: hosts.reactor });
  await hosts.clock.elapse(1_000);
  assert.equal(formatAddress((await connecting).peer), "10.0.0.1:1");
  assert.deepEqual(hosts.log.slice(0, 2), ["0 try ::1", "10 try 10.0.0.1"]);
});

test("when all fail, the error names every attempt and the endpoint", async () => {
  const hosts = new Hosts({ "::1": { after: 1, fails: "unreachable" }, "10.0.0.1": { after: 1, fails: "refused" } });
  const connecting = connect("tcp:example.org:80", undefined, { reactor: hosts.reactor });
  const failure = assert.rejects(connecting, (error: ConnectionError) => {
    assert.equal(error.code, "refused");
    assert.equal(error.endpoint, "tcp:example.org:80");
    assert.equal(
      error.message,
      "Cannot connect to tcp:example.org:80: every address failed (::1: unreachable; 10.0.0.1: refused)",
    );
    assert.equal((error.cause as AggregateError).errors.length, 2);
    return true;
  });
  await hosts.clock.elapse(1_000);
  await failure;
});

test("the time for everything is limited", async () => {
  const hosts = new Hosts({ "10.0.0.1": 1e9 });
  const connecting = connect("tcp:example.org:80", undefined, { reactor: hosts.reactor, timeoutMs: 5_000 });
  const failure = assert.rejects(connecting, {
    code: "timed-out",
    message: "Cannot connect to tcp:example.org:80: timed out",
  });
  await hosts.clock.elapse(5_000);
  await failure;
  assert.equal(hosts.clock.pending, 0);
});

test("an aborted signal rejects with its reason and gives up every attempt", async () => {
  const hosts = new Hosts({ "10.0.0.1": 1e9, "10.0.0.2": 1e9 });
  const controller = new AbortController();
  const connecting = connect("tcp:example.org:80", undefined, { reactor: hosts.reactor, signal: controller.signal });
  const reason = new Error("changed my mind");
  const failure = assert.rejects(connecting, reason);
  await hosts.clock.elapse(300);
  controller.abort(reason);
  await failure;
  assert.deepEqual(hosts.log.slice(2), ["300 give up 10.0.0.1", "300 give up 10.0.0.2"]);
  assert.equal(hosts.clock.pending, 0);
});

test("a reason that is a ConnectionError is not wrapped either, when the caller gives up or the attempt begins too late", async () => {
  const hosts = new Hosts({ "10.0.0.1": 1e9 });
  const controller = new AbortController();
  const options = { reactor: hosts.reactor, signal: controller.signal };
  const reason = new ConnectionError("aborted", "The service was stopped");
  const connecting = connect("tcp:example.org:80", undefined, options);
  const isReason = (error: unknown) => error === reason;
  const failure = assert.rejects(connecting, isReason);
  await settled();
  controller.abort(reason);
  await failure;
  await assert.rejects(connect("tcp:example.org:80", undefined, options), isReason);
});

test("a connection made in the tick in which it is given up is not left open", async () => {
  const made: FakeTransport[] = [];
  const network = fakeNetwork({
    connect: async () => {
      made.push(new FakeTransport(reactor));
      return made[0]!;
    },
  });
  const reactor = fakeReactor({ network });
  const reason = new Error("changed my mind");
  for (let ticks = 0; ticks < 20; ticks++) {
    made.length = 0;
    const giving = new AbortController();
    const outcome = connect("unix:/run/x", undefined, { reactor, signal: giving.signal }).then(
      (transport) => ({ transport }),
      (error: unknown) => ({ error }),
    );
    for (let tick = 0; tick < ticks; tick++) await undefined;
    giving.abort(reason);
    const { transport, error } = (await outcome) as { transport?: FakeTransport; error?: unknown };
    if (transport === undefined) assert.equal(error, reason);
    for (const one of made) assert.equal(one.isClosed, transport === undefined, `after ${ticks} ticks`);
  }
});

test("an endpoint without a host cannot be connected to, nor one that is for listening", async () => {
  const reactor = fakeReactor();
  await assert.rejects(connect("tcp:80", undefined, { reactor }), {
    message: "Cannot connect to tcp:80: the endpoint names no host, such as tcp:localhost:…",
  });
  await assert.rejects(connect("fd:3", undefined, { reactor }), {
    code: "unsupported",
    message: "Cannot connect to fd:3: fd: is for listening only",
  });
});

test("tls: begins TLS for the host's name before the caller sees the connection, after the PROXY header", async () => {
  const hosts = new Hosts({ "10.0.0.1": 0 });
  const connecting = connect("tls:example.org:993:alpn=imap", undefined, {
    reactor: hosts.reactor,
    proxyHeader: { version: 1, command: "proxy" },
  });
  await hosts.clock.elapse(0);
  const transport = (await connecting) as FakeTransport;
  assert.equal(transport.written, "PROXY UNKNOWN\r\n");
  const [tls] = transport.tls;
  assert.equal(tls?.side === "client" && tls.serverName, "example.org");
  assert.deepEqual(tls?.alpn, ["imap"]);
  assert.notEqual(transport.security, undefined);
});

test("a TLS handshake that hangs is aborted when the time is over", async () => {
  const hosts = new Hosts({ "10.0.0.1": 0 });
  const original = hosts.reactor.network.connect;
  const reactor: Reactor = {
    ...hosts.reactor,
    network: {
      ...hosts.reactor.network,
      connect: async (...parameters) => {
        const transport = (await original(...parameters)) as FakeTransport;
        transport.handshake = new Promise((_, reject) => transport.whenClosed(() => reject(transport.abortReason)));
        return transport;
      },
    },
  };
  const failure = assert.rejects(connect("tls:example.org:993", undefined, { reactor, timeoutMs: 100 }), {
    code: "timed-out",
  });
  await hosts.clock.elapse(100);
  await failure;
  assert.equal(hosts.transports[0]!.isClosed, true);
});

test("exec: talks to a child's pipes, and the child is killed with the connection", async () => {
  const transport = new FakeTransport();
  const calls: unknown[] = [];
  const reactor = fakeReactor({
    processes: {
      spawn: async (program, options) => {
        calls.push([program, options?.arguments]);
        return {
          pid: 1,
          transport,
          errors: undefined,
          exited: new Promise(() => {}),
          kill: () => void calls.push("kill"),
          resize() {},
        };
      },
    },
  });
  assert.equal(await connect("exec:/bin/cat -u", undefined, { reactor }), transport);
  transport.close();
  assert.deepEqual(calls, [["/bin/cat", ["-u"]], "kill"]);
});

test("two ends talk over TCP on loopback, and nothing is left behind", async () => {
  const server = new RecordingProtocol();
  const echo: Factory = {
    accept: (transport) => ({
      data: (chunk) => void transport.write(chunk),
      end: () => transport.end(),
      closed: (error) => server.closed(error),
    }),
  };
  const listener = await listen("tcp:0:interface=127.0.0.1", echo);
  const client = new RecordingProtocol();
  const { port } = listener.address as IpAddress;
  const transport = await connect(`tcp:localhost:${port}`, client);
  const closed = new Promise((resolve) => transport.whenClosed(resolve));
  transport.write("hello");
  transport.end();
  await closed;
  await listener.stop();
  assert.deepEqual(client.events, ["data hello", "end", "closed"]);
  assert.deepEqual(server.events, ["closed"]);
  assert.equal(listener.connectionCount, 0);
});

test("what a client says can be traced, too", async () => {
  const hosts = new Hosts({ "10.0.0.1": 0 });
  const lines: string[] = [];
  const options = { reactor: hosts.reactor, trace: traceToText((line) => lines.push(line), { showConnection: false }) };
  const connecting = connect("tcp:example.org:25", new RecordingProtocol(), options);
  await hosts.clock.elapse(0);
  const transport = await connecting;
  hosts.transports[0]!.deliver("220 ready\r\n");
  transport.write("QUIT\r\n");
  assert.deepEqual(lines.slice(1), ["S: 220 ready", "C: QUIT"]);
});

test("a port where nobody listens says so", async () => {
  const listener = await listen("tcp:0:interface=127.0.0.1", { accept: () => undefined });
  const { port } = listener.address as IpAddress;
  await listener.stop();
  await assert.rejects(connect(`tcp:127.0.0.1:${port}`), {
    code: "refused",
    message: `Cannot connect to tcp:127.0.0.1:${port}: connection refused`,
  });
  await settled();
});
