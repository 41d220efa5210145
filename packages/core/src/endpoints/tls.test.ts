import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer, connect as netConnect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { IpAddress } from "../address.ts";
import { ipAddress } from "../address.ts";
import { connectTo } from "../connection.ts";
import { connection } from "../connections/connection-factory.ts";
import { ConnectionError } from "../errors.ts";
import { RecordingProtocol } from "../fakes.test.kit.ts";
import { listen } from "../listen.ts";
import type { Listener } from "../listener.ts";
import { diskTree } from "../node/disk-tree.ts";
import { nodeReactor } from "../node/reactor.ts";
import { encodeProxyHeader } from "../proxy-protocol/wire.ts";
import { deferred } from "../tasks/deferred.ts";
import { selfSignedCertificate } from "../testing/certificates.ts";
import { trace } from "../wrappers/trace.ts";

const reactor = { ...nodeReactor, files: (root: string) => diskTree(root) };
const portOf = (listener: Listener) => (listener.address as IpAddress).port;

/** Says who the peer is and what was agreed, then repeats its lines. */
const hello = connection(async (peer) => {
  const { security } = peer;
  peer.write(`hello ${(peer.peer as IpAddress).host} by ${security?.version} ${security?.alpn}\r\n`);
  for await (const line of peer.lines()) peer.write(`${line}\r\n`);
});

let folder: string;
let pem: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "hawser-tls-"));
  const { certificate, key } = selfSignedCertificate();
  await writeFile(join(folder, "server.pem"), certificate + key);
  await writeFile(join(folder, "ca.pem"), certificate);
  pem = join(folder, "server.pem");
});

after(() => rm(folder, { recursive: true }));

test("tls: with certificates from files, on both sides", async () => {
  await using listener = await listen(
    `tls:0:interface=127.0.0.1:cert=${pem}`,
    { ...hello, alpn: ["hello/1"] },
    { reactor },
  );
  const where = `tls:localhost:${portOf(listener)}:ca=${join(folder, "ca.pem")}:alpn=hello/1`;
  await using peer = await connectTo(where, { reactor });
  assert.equal(await peer.readLine(), "hello 127.0.0.1 by TLSv1.3 hello/1");
  await peer.send("it works\r\n");
  assert.equal(await peer.readLine(), "it works");
  assert.equal(peer.security?.authorized, true);
});

test("tls: a certificate of nobody we trust is refused, and verify=no takes it", async () => {
  await using listener = await listen(`tls:0:interface=127.0.0.1:cert=${pem}`, hello);
  await assert.rejects(connectTo(`tls:localhost:${portOf(listener)}`), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.equal(error.code, "bad-certificate");
    assert.match(error.message, /^Cannot connect to tls:localhost:\d+: /);
    return true;
  });
  await using peer = await connectTo(`tls:localhost:${portOf(listener)}:verify=no`);
  assert.match(await peer.readLine(), /^hello/);
  assert.equal(peer.security?.authorized, false);
});

test("tls: who does not speak TLS, or says nothing, never reaches the protocol", async () => {
  const errors: unknown[] = [];
  const told = deferred<void>();
  const protocols: unknown[] = [];
  const factory = { accept: () => protocols[protocols.push(new RecordingProtocol()) - 1] as RecordingProtocol };
  const options = { handshakeTimeoutMs: 50, onError: (error: unknown) => errors.push(error) === 2 && told.resolve() };
  const listener = await listen(`tls:0:interface=127.0.0.1:cert=${pem}`, factory, options);
  const refused = async (greeting: string) => {
    const peer = await connectTo(`tcp:127.0.0.1:${portOf(listener)}`);
    peer.write(greeting);
    await peer.readAll().catch(() => {}); // a TLS alert and the end, or a reset
    await peer.close();
  };
  await Promise.all([refused("GET / HTTP/1.1\r\n\r\n"), refused("")]);
  await told.promise;
  await listener.stop();
  assert.deepEqual([listener.failedArrivalCount, errors.length, protocols.length], [2, 2, 0]);
});

test("proxy:tls: the header may come in one packet with the client's handshake", async () => {
  const header = encodeProxyHeader({
    version: 2,
    command: "proxy",
    addresses: { transport: "stream", source: ipAddress("203.0.113.7", 5), destination: ipAddress("203.0.113.1", 443) },
  });
  const lines: string[] = [];
  const traced = trace((line) => lines.push(line), hello);
  await using listener = await listen(`proxy:tls:0:interface=127.0.0.1:cert=${pem}`, traced);
  const relay = createServer((client) => {
    client.once("data", (first: Buffer) => {
      const server = netConnect(portOf(listener), "127.0.0.1");
      server.write(Buffer.concat([header, first]));
      client.pipe(server).pipe(client);
    });
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  {
    await using peer = await connectTo(`tls:localhost:${(relay.address() as AddressInfo).port}:verify=no`);
    assert.equal(await peer.readLine(), "hello 203.0.113.7 by TLSv1.3 undefined");
    await peer.send("through\r\n");
    assert.equal(await peer.readLine(), "through");
  }
  relay.close();
  assert.deepEqual(lines.slice(0, 3), [
    "(opened: 203.0.113.7:5 to 203.0.113.1:443)",
    "S: hello 203.0.113.7 by TLSv1.3 undefined",
    "C: through",
  ]);
});

test("proxy:tls: the header may come alone, too, from our own client", async () => {
  await using listener = await listen(`proxy:tls:0:interface=127.0.0.1:cert=${pem}`, hello);
  const proxyHeader = { version: 1, command: "proxy" } as const;
  await using peer = await connectTo(`tls:localhost:${portOf(listener)}:verify=no`, { proxyHeader });
  assert.match(await peer.readLine(), /^hello 127\.0\.0\.1 by TLSv1\.3/);
});
