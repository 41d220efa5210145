import assert from "node:assert/strict";
import { test } from "node:test";
import { ipAddress } from "../address.ts";
import type { TlsClientOptions, TlsServerOptions } from "../security.ts";
import { RecordingReceiver } from "../testing/index.ts";
import type { Transport } from "../transport.ts";
import { plainKeyPair, type SimulationOptions, simulate } from "./index.ts";
import { certificateClaims } from "./plain-certificate.ts";

type Outcome = PromiseSettledResult<NonNullable<Transport["security"]>>;

/** A handshake in a world of its own: how it ended on both sides. */
function handshake(
  client: Partial<TlsClientOptions>,
  server: Partial<TlsServerOptions>,
  options: SimulationOptions = {},
): Promise<readonly [client: Outcome, server: Outcome]> {
  return simulate({ seed: 1, leaks: false, ...options }, async (world) => {
    const accepted = new Promise<Transport>((resolve) => {
      void world.reactor.network.listen(ipAddress("127.0.0.1", 443), {}, (transport) => {
        transport.start(new RecordingReceiver());
        resolve(transport);
      });
    });
    const here = await world.connect("tcp:127.0.0.1:443");
    here.start(new RecordingReceiver());
    const there = await accepted;
    const outcomes = await Promise.allSettled([
      here.startTls({ side: "client", serverName: "www.example.org", ...client }),
      there.startTls({ side: "server", keyPair: () => plainKeyPair("*.example.org"), ...server }),
    ]);
    here.abort();
    there.abort();
    return outcomes;
  });
}

function codeOf(outcome: Outcome): string {
  return outcome.status === "fulfilled" ? "agreed" : String(outcome.reason.code);
}

test("both sides agree, and know each other by name and protocol", async () => {
  const [client, server] = await handshake({ alpn: ["h2", "http/1.1"] }, { alpn: ["http/1.1", "h2"] });
  assert.ok(client.status === "fulfilled" && server.status === "fulfilled");
  assert.deepEqual([client.value.alpn, server.value.alpn], ["http/1.1", "http/1.1"]);
  assert.deepEqual([client.value.version, server.value.serverName], ["plain", "www.example.org"]);
  assert.equal(client.value.authorized, true);
  assert.equal(Buffer.from(client.value.peerCertificate!).toString(), "plain certificate for *.example.org");
  assert.deepEqual(server.value.ownCertificate, client.value.peerCertificate);
  assert.deepEqual([client.value.ownCertificate, server.value.peerCertificate], [undefined, undefined]);
  const [ours, theirs] = [client.value, server.value].map((side) =>
    side.exportKeyingMaterial(32, "label", Buffer.alloc(0)),
  );
  assert.deepEqual(ours, theirs);
});

test("the client refuses a certificate for another name, unless it does not verify", async () => {
  const other = { keyPair: () => plainKeyPair("example.net") };
  const [strict] = await handshake({}, other);
  assert.equal(codeOf(strict), "bad-certificate");
  const [lenient] = await handshake({ verify: false }, other);
  assert.ok(lenient.status === "fulfilled");
  assert.equal(lenient.value.authorized, false);
});

test("the server refuses names it does not have, clients without a certificate, and protocols it does not speak", async () => {
  const refusals: [Partial<TlsClientOptions>, Partial<TlsServerOptions>, RegExp][] = [
    [{}, { keyPair: () => undefined }, /unrecognized_name/],
    [{}, { clientCertificate: "required" }, /certificate_required/],
    [{ alpn: ["h2"] }, { alpn: ["imap"] }, /no_application_protocol/],
  ];
  for (const [client, server, alert] of refusals)
    for (const outcome of await handshake(client, server)) {
      assert.equal(codeOf(outcome), "handshake-failed");
      assert.match((outcome as PromiseRejectedResult).reason.message, alert);
    }
});

test("a client's certificate is known to a server that asks for it", async () => {
  const [, server] = await handshake({ keyPair: plainKeyPair("alice") }, { clientCertificate: "required" });
  assert.ok(server.status === "fulfilled");
  assert.equal(Buffer.from(server.value.peerCertificate!).toString(), "plain certificate for alice");
});

test("a certificate that the server has not asked for is none", async () => {
  const [, server] = await handshake({ keyPair: plainKeyPair("alice") }, {});
  assert.ok(server.status === "fulfilled");
  assert.deepEqual([server.value.peerCertificate, server.value.authorized], [undefined, false]);
});

test("a handshake suffers what the network suffers", async () => {
  const reset = await handshake({}, {}, { resetAfterOctets: 10 });
  assert.deepEqual(reset.map(codeOf), ["reset", "reset"]);
  const slow = await handshake({ handshakeTimeoutMs: 500 }, {}, { latencyMs: 400 });
  assert.equal(codeOf(slow[0]), "timed-out");
  const cut = await handshake({}, {}, { cuts: "each-octet" });
  assert.deepEqual(cut.map(codeOf), ["agreed", "agreed"]);
});

test("octets sent in clear before the handshake do not get into the protected stream", () =>
  simulate({ seed: 1, leaks: false }, async (world) => {
    const protectedSide = new RecordingReceiver();
    let outcome: Promise<unknown> | undefined;
    await world.reactor.network.listen(ipAddress("127.0.0.1", 25), {}, (transport) => {
      transport.pause();
      transport.start(protectedSide);
      world.clock.after(100, () => {
        outcome = transport
          .startTls({ side: "server", keyPair: () => plainKeyPair("example.org") })
          .catch((error) => error.code);
      });
    });
    const client = await world.connect("tcp:127.0.0.1:25");
    client.start(new RecordingReceiver());
    client.write("MAIL FROM:<attacker@example.net>\r\n");
    await world.clock.sleep(50);
    await client.startTls({ side: "client", serverName: "example.org" }).catch(() => {});
    assert.equal(await outcome, "handshake-failed");
    assert.equal(protectedSide.octets, 0);
  }));

test("a wildcard stands for one label, the leftmost", () => {
  const certificate = "plain certificate for example.org *.Example.org";
  const table = {
    "example.org": true,
    "WWW.example.org": true,
    "a.b.example.org": false,
    "example.net": false,
    org: false,
  };
  for (const [name, claimed] of Object.entries(table))
    assert.equal(certificateClaims(certificate, name), claimed, name);
  assert.throws(() => plainKeyPair("two names"), TypeError);
});
