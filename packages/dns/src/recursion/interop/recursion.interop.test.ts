import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { type Factory, ipAddress, listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { dnsServer } from "../../serving/dns-server.ts";
import {
  eventually,
  freePort,
  needsPrograms,
  startDaemon,
  temporaryFolder,
  writeIn,
} from "../../transfer/interop/daemons.test.kit.ts";
import { DnsRcode } from "../../words.ts";
import { type RecursionPluginOptions, recursionPlugin } from "../recursion-plugin.ts";
import { ianaRootHints, parseRootHints } from "../root-hints.ts";
import { nameOf, type TreeServer, tree, treeServers } from "../tree.test.kit.ts";
import { askServer, toldBy } from "../world.test.kit.ts";
import { startBind, startBindResolver, startKnot, startNsd, startUnbound } from "./daemons.test.kit.ts";

/** Debian's Python, which has Debian's packages. */
const python = "/usr/bin/python3";

async function serve(context: TestContext, factory: Factory, host: string, port: number): Promise<void> {
  for (const transport of ["udp", "tcp"]) {
    const listener = await listen(`${transport}:${port}:interface=${host}`, factory);
    context.after(() => listener.stop());
  }
}

async function serveResolver(
  context: TestContext,
  host: string,
  port: number,
  options: RecursionPluginOptions,
): Promise<void> {
  await serve(context, dnsServer(recursionPlugin({ families: "ipv4", neverAsked: [], ...options })), host, port);
}

/** Asks until there is an answer: twenty seconds at most. */
async function whenServing(host: string, port: number, question: string, log: () => string): Promise<void> {
  for (let left = 80; left > 0; left--) {
    const isAnswered = await askServer(nodeReactor, host, question, { port, timeoutMs: 250 }).then(
      ({ rcode }) => rcode === DnsRcode.noError,
      () => false,
    );
    if (isAnswered) return;
    await nodeReactor.clock.sleep(50);
  }
  assert.fail(`${host} does not answer\n${log().slice(-3_000)}`);
}

const head = "@ 3600 SOA ns host 1 7200 900 1209600 60\n";

test("NSD has the root, Knot DNS a TLD and BIND a zone: ours resolves through all three", async (context) => {
  if (!needsPrograms(context, "nsd", "knotd", "named")) return;
  const port = await freePort();
  const [root, tld, zone] = ["127.53.1.1", "127.53.1.2", "127.0.0.1"] as const;
  const glue = `$TTL 3600\n${head}@ NS a.root-servers.net.\na.root-servers.net. A ${root}\nexample NS ns.nic.example.\nns.nic.example. A ${tld}\n`;
  const many = Array.from({ length: 60 }, (_, at) => `big TXT "${String(at).padStart(60, "x")}"`).join("\n");
  const servers = [
    await startNsd(context, { host: root, port, zone: ".", text: glue }),
    await startKnot(context, {
      host: tld,
      port,
      zone: "example.",
      text: `$TTL 3600\n${head}@ NS ns.nic\nns.nic A ${tld}\ngood NS ns.good\nns.good A ${zone}\n`,
    }),
    await startBind(context, {
      host: zone,
      port,
      zone: "good.example",
      text: `$TTL 3600\n${head}@ NS ns\nns A ${zone}\nwww A 192.0.2.1\nalias CNAME www\nmoved DNAME good.example.\ndeep.ent A 192.0.2.2\n*.wild TXT "wild"\n${many}\n`,
    }),
  ];
  const log = () => servers.map((server) => server.log()).join("\n");
  for (const [host, question] of [
    [root, ". SOA"],
    [tld, "example SOA"],
    [zone, "good.example SOA"],
  ] as const)
    await whenServing(host, port, question, log);
  await serveResolver(context, "127.53.1.100", port, {
    port,
    rootHints: new Map([[nameOf("a.root-servers.net"), [root]]]),
  });
  const told = async (question: string) => toldBy(await askServer(nodeReactor, "127.53.1.100", question, { port }));
  assert.deepEqual(await told("alias.good.example"), [
    "NOERROR",
    "alias.good.example. IN CNAME www.good.example.",
    "www.good.example. IN A 192.0.2.1",
  ]);
  assert.deepEqual((await told("www.moved.good.example")).slice(0, 3), [
    "NOERROR",
    "moved.good.example. IN DNAME good.example.",
    "www.moved.good.example. IN CNAME www.good.example.",
  ]);
  assert.deepEqual(await told("deep.ent.good.example"), ["NOERROR", "deep.ent.good.example. IN A 192.0.2.2"]);
  assert.deepEqual(await told("ent.good.example"), ["NOERROR"]);
  assert.deepEqual(await told("a.b.wild.good.example TXT"), ["NOERROR", 'a.b.wild.good.example. IN TXT "wild"']);
  assert.equal((await told("big.good.example TXT")).length, 61);
  assert.deepEqual(await told("nowhere.good.example"), ["NXDOMAIN"]);
  assert.deepEqual(await told("nowhere"), ["NXDOMAIN"]);
});

/** Our tree on port 53 of addresses on loopback: other resolvers know no other port. False, and skipped, where that may not be. */
async function ourTree(context: TestContext, network: string): Promise<boolean> {
  const addressOf = (server: string): string => `${network}.${treeServers.indexOf(server as TreeServer) + 1}`;
  try {
    (await nodeReactor.network.bind(ipAddress(addressOf("root1"), 53))).close();
  } catch {
    context.skip("Port 53 is taken, or may not be listened on");
    return false;
  }
  const plugins = tree(addressOf);
  for (const name of treeServers) await serve(context, dnsServer(plugins.get(name)!), addressOf(name), 53);
  return true;
}

/** What everybody must find in the tree. */
const truths: Readonly<Record<string, readonly string[]>> = {
  "www.good.example": ["NOERROR", "www.good.example. IN A 192.0.2.1"],
  "far.good.example": ["NOERROR", "far.good.example. IN CNAME www.other.org.", "www.other.org. IN A 192.0.2.3"],
  "deep.ent.good.example": ["NOERROR", "deep.ent.good.example. IN A 192.0.2.2"],
  "x.wild.good.example TXT": ["NOERROR", 'x.wild.good.example. IN TXT "wild"'],
  "www.sub.good.example": ["NOERROR", "www.sub.good.example. IN A 192.0.2.7"],
  "nowhere.good.example": ["NXDOMAIN"],
};

/** BIND listens on addresses only that the system lists, which on loopback is one. */
const resolvers = [
  ["Unbound", "unbound", startUnbound, "127.53.2", "127.53.2.100"],
  ["BIND", "named", startBindResolver, "127.53.3", "127.0.0.1"],
] as const;

for (const [name, program, start, network, theirs] of resolvers)
  test(`${name} resolves our tree, and finds what ours finds`, async (context) => {
    if (!needsPrograms(context, program) || !(await ourTree(context, network))) return;
    const port = await freePort();
    const ours = `${network}.101`;
    const { log } = await start(context, { host: theirs, port, root: `${network}.1` });
    await serveResolver(context, ours, port, {
      rootHints: new Map([[nameOf("a.root-servers.net"), [`${network}.1`]]]),
    });
    await whenServing(theirs, port, "good.example SOA", log);
    for (const [question, truth] of Object.entries(truths)) {
      const strip = (lines: readonly string[]) => lines.filter((line) => !line.startsWith("EDE")).sort();
      const asked = (host: string) => askServer(nodeReactor, host, question, { port }).then(toldBy);
      assert.deepEqual(strip(await asked(ours)), [...truth].sort(), `ours: ${question}`);
      assert.deepEqual(strip(await asked(theirs)), [...truth].sort(), `${name}: ${question}\n${log().slice(-2_000)}`);
    }
  });

const twistedClient = `
import sys
from twisted.internet import defer, task
from twisted.names import client, dns

async def main(reactor):
    resolver = client.Resolver(servers=[(sys.argv[1], int(sys.argv[2]))], reactor=reactor)
    answers, _, _ = await resolver.lookupAddress("far.good.example")
    for record in answers:
        print(record.name.name.decode().lower(), dns.QUERY_TYPES[record.type], end=";")
    text, _, _ = await resolver.lookupText("big.good.example")
    print(len(text))

task.react(lambda reactor: defer.ensureDeferred(main(reactor)))
`;

const twistedForwarder = `
import sys
from twisted.internet import reactor
from twisted.names import client, dns, server

resolver = client.Resolver(servers=[(sys.argv[1], int(sys.argv[2]))], reactor=reactor)
factory = server.DNSServerFactory(clients=[resolver])
reactor.listenUDP(int(sys.argv[4]), dns.DNSDatagramProtocol(factory), interface=sys.argv[3])
reactor.listenTCP(int(sys.argv[4]), factory, interface=sys.argv[3])
reactor.run()
`;

test("Twisted Names resolves through ours, and ours through Twisted Names", async (context) => {
  if (!existsSync("/usr/lib/python3/dist-packages/twisted")) return context.skip("python3-twisted is not installed");
  const port = await freePort();
  const addressOf = (server: string): string => `127.53.4.${treeServers.indexOf(server as TreeServer) + 1}`;
  const plugins = tree(addressOf);
  for (const name of treeServers) await serve(context, dnsServer(plugins.get(name)!), addressOf(name), port);
  const [ours, theirs, above] = ["127.53.4.100", "127.53.4.101", "127.53.4.102"] as const;
  await serveResolver(context, ours, port, {
    port,
    rootHints: new Map([[nameOf("a.root-servers.net"), [addressOf("root1")]]]),
  });
  const folder = await temporaryFolder(context);
  const clientPath = await writeIn(folder, "client.py", twistedClient);
  const asking = startDaemon(context, folder, python, [clientPath, ours, String(port)]);
  await eventually("Twisted Names has its answers", () => asking.child.exitCode !== null, asking.log);
  assert.equal(asking.log(), "far.good.example CNAME;www.other.org A;60\n");
  const forwarding = await temporaryFolder(context);
  const forwarderPath = await writeIn(forwarding, "forwarder.py", twistedForwarder);
  const { log } = startDaemon(context, forwarding, python, [forwarderPath, ours, String(port), theirs, String(port)]);
  await whenServing(theirs, port, "good.example SOA", log);
  await serveResolver(context, above, port, { port, zones: [{ zone: ".", servers: [theirs] }] });
  for (const question of ["www.good.example", "far.good.example", "nowhere.good.example"]) {
    const lines = toldBy(await askServer(nodeReactor, above, question, { port }));
    assert.deepEqual(lines, truths[question], `${question}\n${log()}`);
  }
});

test("our root hints are those of Debian's dns-root-data", (context) => {
  const path = "/usr/share/dns/root.hints";
  if (!existsSync(path)) return context.skip("dns-root-data is not installed");
  const spelled = (hints: typeof ianaRootHints) =>
    [...hints].map(([name, addresses]) => `${name.key} ${addresses.join(" ")}`).sort();
  assert.deepEqual(spelled(ianaRootHints), spelled(parseRootHints(readFileSync(path, "latin1"))));
});
