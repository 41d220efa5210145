import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect as connectSocket, createServer, type Socket } from "node:net";
import { afterEach, describe, it } from "node:test";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import type { IpAddress } from "../address.ts";
import type { Port } from "../network.ts";
import type { Security, TlsClientOptions, TlsServerOptions } from "../security.ts";
import { selfSignedCertificate } from "../testing/certificates.ts";
import { RecordingReceiver } from "../testing/recording-receiver.ts";
import type { Transport } from "../transport.ts";
import { StreamTransport } from "../transports/stream-transport.ts";
import { nodeReactor } from "./reactor.ts";
import { SocketLink } from "./socket-link.ts";
import { secureLink } from "./tls.ts";

const authority = selfSignedCertificate({ names: ["Test authority"], authority: true });
const a = selfSignedCertificate({ names: ["a.test", "127.0.0.1"], ca: authority });
const b = selfSignedCertificate({ names: ["b.test"], ca: authority });
const loopback: IpAddress = { family: "ipv4", host: "127.0.0.1", port: 0 };

const serverOptions: TlsServerOptions = {
  side: "server",
  keyPair: (name) => (name === "b.test" ? b : name === "unknown.test" ? undefined : a),
};
const clientOptions: TlsClientOptions = { side: "client", serverName: "a.test", ca: [authority.certificate] };

function record(transport: Transport): RecordingReceiver {
  const receiver = new RecordingReceiver();
  transport.start(receiver);
  return receiver;
}

function untilText(receiver: RecordingReceiver, tail: string): Promise<void> {
  return receiver.until(() => receiver.text.endsWith(tail));
}

const open: Port[] = [];
afterEach(async () => {
  for (const port of open.splice(0)) await port.close();
});

/** Both ends of one TCP connection on loopback, in clear. */
async function connected(): Promise<{ server: Transport; client: Transport }> {
  let accepted!: (transport: Transport) => void;
  const server = new Promise<Transport>((resolve) => {
    accepted = resolve;
  });
  const port = await nodeReactor.network.listen(loopback, {}, (transport) => accepted(transport));
  open.push(port);
  const client = await nodeReactor.network.connect(port.address as IpAddress, {});
  return { server: await server, client };
}

/** Loopback needs one to deliver. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A handshake between both ends, each side's outcome apart. */
async function handshake(server: Partial<TlsServerOptions>, client: Partial<TlsClientOptions>) {
  const ends = await connected();
  const [serverSide, clientSide] = await Promise.allSettled([
    ends.server.startTls({ ...serverOptions, ...server }),
    ends.client.startTls({ ...clientOptions, ...client }),
  ]);
  return { ...ends, serverSide, clientSide };
}

async function agreed(server: Partial<TlsServerOptions> = {}, client: Partial<TlsClientOptions> = {}) {
  const { serverSide, clientSide, ...ends } = await handshake(server, client);
  return { ...ends, serverSecurity: value(serverSide), clientSecurity: value(clientSide) };
}

function value(outcome: PromiseSettledResult<Security>): Security {
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}

/** `code: text` of a failed side. */
function refusal(outcome: PromiseSettledResult<Security>): string {
  assert.equal(outcome.status, "rejected");
  return `${outcome.reason.code}: ${outcome.reason.message.replace(/127\.0\.0\.1:\d+/, "PEER")}`;
}

function abortBoth(ends: { server: Transport; client: Transport }): void {
  ends.server.abort();
  ends.client.abort();
}

describe("TLS on a live connection", () => {
  it("carries octets both ways, and half-closes", async () => {
    const { server, client, clientSecurity } = await agreed();
    const s = record(server);
    const c = record(client);
    assert.equal(client.security, clientSecurity);
    client.write("ping");
    client.end();
    await untilText(s, "ping");
    await s.untilCalled("end");
    server.write("x".repeat(300_000));
    server.end();
    await c.untilCalled("end");
    assert.equal(c.text.length, 300_000);
    await Promise.all([s.untilCalled("closed"), c.untilCalled("closed")]);
    assert.equal(s.error ?? c.error, undefined);
  });

  it("knows version, cipher, names, certificate, and agrees on exported keys (RFC 5705)", async () => {
    const ends = await agreed({ alpn: ["h2", "http/1.1"] }, { alpn: ["http/1.1", "h2"] });
    const { serverSecurity: s, clientSecurity: c } = ends;
    assert.equal(c.version, "TLSv1.3");
    assert.match(c.cipher, /^TLS_/);
    assert.equal(c.alpn, "h2");
    assert.equal(s.alpn, "h2");
    assert.equal(s.serverName, "a.test");
    assert.equal(c.authorized, true);
    assert.ok(c.peerCertificate!.length > 200);
    assert.equal(s.peerCertificate, undefined);
    assert.deepEqual(s.ownCertificate, c.peerCertificate);
    assert.equal(c.ownCertificate, undefined);
    const exported = (security: Security) => security.exportKeyingMaterial(32, "EXPORTER-test", Buffer.from("context"));
    assert.deepEqual(exported(s), exported(c));
    abortBoth(ends);
  });

  it("resets the connection on abort, so that the peer knows", async () => {
    const { server, client } = await agreed();
    const s = record(server);
    const c = record(client);
    server.write("hello");
    await untilText(c, "hello");
    client.abort();
    await s.untilCalled("closed");
    assert.equal(s.error?.code, "reset");
  });

  it("delivers what was written before and during the upgrade in order", async () => {
    const { server, client } = await connected();
    const c = record(client);
    server.write("y".repeat(1_000_000));
    server.write("go");
    await untilText(c, "go");
    const upgrades = [server.startTls(serverOptions), client.startTls(clientOptions)];
    server.write("first");
    await Promise.all(upgrades);
    server.write(", second");
    await untilText(c, "first, second");
    abortBoth({ server, client });
  });

  it("stays paused over the upgrade", async () => {
    const { server, client } = await connected();
    const c = record(client);
    client.pause();
    await Promise.all([server.startTls(serverOptions), client.startTls(clientOptions)]);
    record(server);
    server.write("secret");
    server.write("!");
    await new Promise(setImmediate);
    assert.equal(c.text, "");
    client.resume();
    await untilText(c, "secret!");
    abortBoth({ server, client });
  });

  it("resumes sessions as a client, for the same options object only (RFC 8446 §2.2)", async () => {
    const resumed: boolean[] = [];
    const server = createTlsServer({ cert: a.certificate, key: a.key }, (socket) => {
      resumed.push(socket.isSessionReused());
      socket.end("the ticket comes before this");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    for (const options of [clientOptions, clientOptions, { ...clientOptions }]) {
      const client = await nodeReactor.network.connect({ ...loopback, port }, {});
      await client.startTls(options);
      const c = record(client);
      await c.untilCalled("end");
      client.end();
      await c.untilCalled("closed");
    }
    server.close();
    assert.deepEqual(resumed, [false, true, false]);
  });

  it("begins with what came while it was paused", async () => {
    const { server, client } = await connected();
    record(server);
    server.pause();
    const upgrade = client.startTls(clientOptions);
    await turns(5);
    await Promise.all([server.startTls(serverOptions), upgrade]);
    assert.equal(server.octetsIn, 0);
    server.resume();
    abortBoth({ server, client });
  });

  it("fails at once when the peer has ended while it was paused", async () => {
    const { server, client } = await connected();
    const s = record(server);
    server.pause();
    client.end();
    await turns(5);
    await assert.rejects(server.startTls(serverOptions), { code: "reset" });
    assert.deepEqual(s.calls, ["closed"]);
    client.abort();
  });

  it("resumes sessions as a server", async () => {
    const port = await nodeReactor.network.listen(loopback, {}, async (transport) => {
      await transport.startTls(serverOptions);
      record(transport);
      transport.write("the ticket comes before this");
      transport.end();
    });
    open.push(port);
    let session: Buffer | undefined;
    const resumed: boolean[] = [];
    for (let round = 0; round < 2; round += 1) {
      const options = session === undefined ? {} : { session };
      const to = { port: (port.address as IpAddress).port, host: "127.0.0.1" };
      const socket = connectTls({ ...options, ...to, servername: "a.test", ca: authority.certificate });
      socket.on("session", (ticket) => {
        session = ticket;
      });
      socket.once("secureConnect", () => resumed.push(socket.isSessionReused()));
      socket.resume();
      await once(socket, "close");
    }
    assert.deepEqual(resumed, [false, true]);
  });
});

describe("TLS over any link", () => {
  async function overLinks(server: TlsServerOptions, client: TlsClientOptions) {
    const sockets = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    await new Promise<void>((resolve) => sockets.listen(0, "127.0.0.1", resolve));
    const accepted = once(sockets, "connection") as Promise<[Socket]>;
    const socket = connectSocket({ port: (sockets.address() as AddressInfo).port, allowHalfOpen: true });
    await once(socket, "connect");
    sockets.close();
    const links = [new SocketLink((await accepted)[0]), new SocketLink(socket)] as const;
    const [serverLink, clientLink] = await Promise.all([secureLink(links[0], server), secureLink(links[1], client)]);
    return {
      links,
      server: new StreamTransport(nodeReactor, serverLink),
      client: new StreamTransport(nodeReactor, clientLink),
    };
  }

  it("carries octets both ways with back-pressure, half-closes, and knows its addresses", async () => {
    const { server, client, links } = await overLinks(serverOptions, clientOptions);
    const s = record(server);
    const c = record(client);
    assert.equal(server.security?.serverName, "a.test");
    assert.deepEqual(client.peer, links[1].peer);
    assert.equal(server.write("z".repeat(5_000_000)), false);
    server.end();
    await c.until(() => c.octets > 0);
    client.pause();
    client.end();
    await s.untilCalled("end");
    assert.ok(c.octets < 5_000_000);
    client.resume();
    await c.untilCalled("end");
    assert.equal(c.octets, 5_000_000);
    await Promise.all([s.untilCalled("closed"), c.untilCalled("closed")]);
    assert.equal(s.error ?? c.error, undefined);
  });

  it("gives the link up when the handshake fails", async () => {
    await assert.rejects(overLinks(serverOptions, { ...clientOptions, serverName: "b.test", ca: [] }), {
      code: "bad-certificate",
    });
  });
});

describe("the server's certificate", () => {
  it("is chosen by the name the client asks for", async () => {
    const ends = await agreed({}, { serverName: "b.test" });
    assert.ok(Buffer.from(ends.clientSecurity.peerCertificate!).includes("b.test"));
    assert.deepEqual(ends.serverSecurity.ownCertificate, ends.clientSecurity.peerCertificate);
    abortBoth(ends);
  });

  it("is the unnamed one for a client that connects to an address", async () => {
    const ends = await agreed({}, { serverName: "127.0.0.1" });
    assert.equal(ends.clientSecurity.authorized, true);
    assert.equal(ends.serverSecurity.serverName, undefined);
    abortBoth(ends);
  });

  it("can be replaced between two handshakes", async () => {
    let current = a;
    const options: TlsServerOptions = { side: "server", keyPair: () => current };
    for (const [pair, serverName] of [
      [a, "a.test"],
      [b, "b.test"],
    ] as const) {
      current = pair;
      const { server, client } = await connected();
      await Promise.all([server.startTls(options), client.startTls({ ...clientOptions, serverName })]);
      abortBoth({ server, client });
    }
  });

  for (const versionMin of ["TLSv1.2", "TLSv1.3"] as const)
    it(`refuses an unknown name with an alert (${versionMin})`, async () => {
      const { serverSide, clientSide } = await handshake({ versionMin }, { serverName: "unknown.test" });
      assert.match(
        refusal(serverSide),
        /^handshake-failed: Cannot start TLS: there is no certificate for "unknown.test"/,
      );
      assert.match(
        refusal(clientSide),
        /^handshake-failed: Cannot start TLS with "unknown.test": the other side does not serve this name/,
      );
    });
});

describe("the client refuses a certificate", () => {
  const wrong: readonly [string, string, Partial<TlsServerOptions>, Partial<TlsClientOptions>][] = [
    ["for another name", "it is for other names", { keyPair: () => b }, {}],
    [
      "that has expired",
      "it has expired",
      { keyPair: () => selfSignedCertificate({ names: ["a.test"], days: -1, ca: authority }) },
      {},
    ],
    [
      "that is not valid yet",
      "it is not valid yet",
      { keyPair: () => selfSignedCertificate({ names: ["a.test"], now: Date.now() + 9e8, ca: authority }) },
      {},
    ],
    ["that is self-signed", "it is self-signed", { keyPair: () => selfSignedCertificate({ names: ["a.test"] }) }, {}],
    [
      "of an unknown issuer",
      "its issuer is unknown",
      {},
      { ca: [selfSignedCertificate({ authority: true }).certificate] },
    ],
  ];
  for (const [title, text, server, client] of wrong)
    it(title, async () => {
      const { clientSide, ...ends } = await handshake(server, client);
      assert.equal(refusal(clientSide), `bad-certificate: Cannot start TLS with "a.test": bad certificate: ${text}`);
      abortBoth(ends);
    });

  it("unless it was told not to, and then says what it would have said", async () => {
    const ends = await agreed({ keyPair: () => b }, { verify: false });
    assert.equal(ends.clientSecurity.authorized, false);
    abortBoth(ends);
  });
});

describe("client certificates", () => {
  const ca = [authority.certificate];
  it("are verified when they are required", async () => {
    const ends = await agreed({ clientCertificate: "required", ca }, { keyPair: b });
    assert.equal(ends.serverSecurity.authorized, true);
    assert.ok(Buffer.from(ends.serverSecurity.peerCertificate!).includes("b.test"));
    assert.deepEqual(ends.clientSecurity.ownCertificate, ends.serverSecurity.peerCertificate);
    abortBoth(ends);
  });

  it("are missed when they are required", async () => {
    const { serverSide, ...ends } = await handshake({ clientCertificate: "required", ca }, {});
    assert.equal(refusal(serverSide), "bad-certificate: Cannot start TLS with PEER: it sent no certificate");
    const c = record(ends.client);
    await c.untilCalled("closed");
    assert.equal(c.error?.code, "bad-certificate");
    assert.equal(c.error?.message, "Connection lost: the other side wants a certificate");
    abortBoth(ends);
  });

  it("of an unknown issuer are refused when they are required", async () => {
    const keyPair = selfSignedCertificate({ names: ["c.test"] });
    const { serverSide, ...ends } = await handshake({ clientCertificate: "required", ca }, { keyPair });
    assert.equal(
      refusal(serverSide),
      "bad-certificate: Cannot start TLS with PEER: bad certificate: it is self-signed",
    );
    abortBoth(ends);
  });

  it("may be absent when they are requested", async () => {
    const ends = await agreed({ clientCertificate: "requested", ca }, {});
    assert.equal(ends.serverSecurity.authorized, false);
    abortBoth(ends);
  });
});

describe("a handshake that fails", () => {
  it("for want of a common application protocol is told to the peer (RFC 7301 §3.2)", async () => {
    const { serverSide, clientSide } = await handshake({ alpn: ["h2"] }, { alpn: ["imap"] });
    assert.match(refusal(serverSide), /^handshake-failed: .*no application protocol in common/);
    assert.match(refusal(clientSide), /^handshake-failed: .*no application protocol in common/);
  });

  it("never takes octets that came in clear for protected ones", async () => {
    const { server, client } = await connected();
    const s = record(server);
    server.pause();
    record(client);
    client.write("MAIL FROM:<mallory@evil.test>\r\n"); // smuggled in behind STARTTLS
    await new Promise(setImmediate);
    const [serverSide] = await Promise.allSettled([server.startTls(serverOptions), client.startTls(clientOptions)]);
    server.resume();
    assert.match(refusal(serverSide), /^handshake-failed: .*what was received is not TLS/);
    assert.equal(s.text, "");
    assert.equal(s.error?.code, "handshake-failed");
  });

  it("closes the transport, tells its receiver first, and leaves nothing behind", async () => {
    const { server, client } = await connected();
    const s = record(server);
    const closed = new Promise((resolve) => server.whenClosed(resolve));
    record(client);
    client.write("GET / HTTP/1.1\r\n\r\n");
    await assert.rejects(server.startTls(serverOptions), { code: "handshake-failed" });
    assert.ok(s.calls.includes("closed"));
    await closed;
    client.abort();
  });

  it("because the peer went away is a reset", async () => {
    const { server, client } = await connected();
    const upgrade = server.startTls(serverOptions);
    client.abort();
    await assert.rejects(upgrade, { code: "reset" });
  });

  it("because the peer says nothing is timed out by the reactor's clock", async () => {
    const { server, client } = await connected();
    record(client);
    const s = record(server);
    await assert.rejects(server.startTls({ ...serverOptions, handshakeTimeoutMs: 5 }), { code: "timed-out" });
    assert.equal(s.error?.code, "timed-out");
  });

  it("because our certificate is unusable does not crash", async () => {
    const keyPair = () => ({ certificate: "nonsense", key: "nonsense" });
    const { serverSide, ...ends } = await handshake({ keyPair }, {});
    assert.match(refusal(serverSide), /^handshake-failed|^failed/);
    abortBoth(ends);
  });

  it("because it was aborted rejects with the reason", async () => {
    const { server, client } = await connected();
    const upgrade = server.startTls(serverOptions);
    const reason = new Error("enough");
    server.abort(reason);
    await assert.rejects(upgrade, reason);
    client.abort();
  });
});
