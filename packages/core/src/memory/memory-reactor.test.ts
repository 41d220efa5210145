import assert from "node:assert/strict";
import { test } from "node:test";
import { ipAddress } from "../address.ts";
import { connectPair, RecordingReceiver } from "../testing/index.ts";
import { memoryReactor } from "./index.ts";

const web = ipAddress("192.0.2.1", 80);
const refuse = () => assert.fail("nobody should have been accepted");

test("nobody listens: the connection is refused, and says where", async () => {
  await assert.rejects(memoryReactor().network.connect(web, {}), {
    code: "refused",
    endpoint: "192.0.2.1:80",
    message: "Cannot connect to 192.0.2.1:80: connection refused",
  });
});

test("two networks do not know each other", async () => {
  const port = await memoryReactor().network.listen(web, {}, refuse);
  await assert.rejects(memoryReactor().network.connect(web, {}), { code: "refused" });
  await port.close();
});

test("an address is listened on once, and again after it was closed", async () => {
  const { network } = memoryReactor();
  const port = await network.listen(web, {}, refuse);
  await assert.rejects(network.listen(web, {}, refuse), { code: "address-in-use" });
  await assert.rejects(network.listen(ipAddress("0.0.0.0", 80), {}, refuse), { code: "address-in-use" });
  await port.close();
  await port.close();
  await (await network.listen(web, {}, refuse)).close();
});

test("port 0 is a port of the network's choice", async () => {
  const { network } = memoryReactor();
  const one = await network.listen(ipAddress("127.0.0.1", 0), {}, refuse);
  const other = await network.listen(ipAddress("127.0.0.1", 0), {}, refuse);
  assert.deepEqual([one.address, other.address], [ipAddress("127.0.0.1", 49_152), ipAddress("127.0.0.1", 49_153)]);
});

test("the IPv6 wildcard answers IPv4 too, unless it is told not to", async () => {
  const { network } = memoryReactor();
  const accepted: string[] = [];
  const dual = await network.listen(ipAddress("::", 80), {}, (transport) => {
    accepted.push("dual");
    transport.abort();
  });
  await network.connect(web, {});
  await dual.close();
  await network.listen(ipAddress("::", 80), { ipv6Only: true }, refuse);
  await assert.rejects(network.connect(web, {}), { code: "refused" });
  assert.deepEqual(accepted, ["dual"]);
});

test("a path is listened on once", async () => {
  const { network } = memoryReactor();
  const path = { family: "unix", path: "/run/x.sock" } as const;
  const port = await network.listen(path, {}, refuse);
  await assert.rejects(network.listen(path, {}, refuse), { code: "address-in-use" });
  await port.close();
  await assert.rejects(network.connect(path, {}), { code: "refused" });
});

test("a connect that is given up rejects with the signal's reason, and the server sees a reset", async () => {
  const { network } = memoryReactor();
  const server = new RecordingReceiver();
  await network.listen(web, {}, (transport) => transport.start(server));
  const controller = new AbortController();
  const attempt = network.connect(web, { signal: controller.signal });
  controller.abort(new Error("Enough"));
  await assert.rejects(attempt, { message: "Enough" });
  await server.untilCalled("closed");
  assert.equal(server.error?.code, "reset");
});

test("what arrives before start is delivered after it", async () => {
  const reactor = memoryReactor();
  const port = await reactor.network.listen(web, {}, (transport) => {
    transport.start(new RecordingReceiver());
    transport.write("220 ready\r\n");
    transport.end();
  });
  const client = await reactor.network.connect(web, {});
  const other = await connectPair(reactor, ipAddress("127.0.0.1", 0));
  other.client.write("time passes");
  await other.serverSide.untilOctets(11);
  const side = new RecordingReceiver();
  client.start(side);
  await side.untilCalled("end");
  assert.equal(side.text, "220 ready\r\n");
  await port.close();
});

test("a server that aborts what it accepts loses that connection only", async () => {
  const { network } = memoryReactor();
  let accepted = 0;
  await network.listen(web, {}, (transport) => {
    accepted += 1;
    if (accepted === 1) return transport.abort();
    transport.start(new RecordingReceiver());
    transport.write("hello");
  });
  for (const expected of ["closed", "data"] as const) {
    const side = new RecordingReceiver();
    (await network.connect(web, {})).start(side);
    await side.untilCalled(expected);
  }
});

test("names come from the table; a literal answers itself; localhost is known", async () => {
  const { names } = memoryReactor({ names: { "mail.example.org": ["192.0.2.25", "2001:db8::25"] } });
  assert.deepEqual(await names.lookup("Mail.example.org"), [
    { family: "ipv4", host: "192.0.2.25" },
    { family: "ipv6", host: "2001:db8::25" },
  ]);
  assert.deepEqual(await names.lookup("::1"), [{ family: "ipv6", host: "::1" }]);
  assert.deepEqual(await names.lookup("localhost"), [{ family: "ipv4", host: "127.0.0.1" }]);
  await assert.rejects(names.lookup("example.net"), { code: "name-not-found" });
});

test("what this reactor has not is refused by name", async () => {
  const reactor = memoryReactor();
  await assert.rejects(reactor.processes.spawn("/bin/true"), { code: "unsupported" });
  await assert.rejects(reactor.network.listen({ family: "descriptor", fd: 3 }, {}, refuse), { code: "unsupported" });
});

test("files lie in memory, and every root looks into the same tree", async () => {
  const { files } = memoryReactor({ files: { "srv/www/index.html": "<h1>" } });
  assert.equal(Buffer.from(await files("/srv/www").readFile("index.html")).toString(), "<h1>");
  await files("/srv").writeFile("www/b.txt", "b");
  assert.deepEqual(
    (await files("/srv/www").list("")).map(({ name }) => name),
    ["b.txt", "index.html"],
  );
});
