import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Factory, type Listener, type ListenOptions, listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { selfSignedCertificate } from "@hawser/core/testing";
import type { Zone } from "../../authority/zone.ts";
import { ZoneTable } from "../../authority/zone-table.ts";
import { zonesPlugin } from "../../authority/zones-plugin.ts";
import { DnsClient } from "../../client/dns-client.ts";
import { formatDnsRecord } from "../../records/text.ts";
import { dnsTypeName } from "../../records/types.ts";
import { dnsServer } from "../../serving/dns-server.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import { parseTsigKey } from "../../tsig/key.ts";
import { DnsOpcode } from "../../words.ts";
import { transferZone } from "../in/transfer-zone.ts";
import { ZoneNotifier } from "../notify/notifier.ts";
import { transferPlugin } from "../out/transfer-plugin.ts";
import { secondaryPlugin } from "../secondary/secondary-plugin.ts";
import { changeZone, linesOf, testOrigin, testQuestion, testZone } from "../transfer.test.kit.ts";
import {
  eventually,
  findProgram,
  freePort,
  needsPrograms,
  runProgram,
  startDaemon,
  temporaryFolder,
  writeIn,
} from "./daemons.test.kit.ts";
import { bind, keyName, keySecret, knot, type NameServer, nsd, startNameServer } from "./name-servers.test.kit.ts";

const key = parseTsigKey(`hmac-sha256:${keyName}:${keySecret}`);
const kinds = { BIND: bind, "Knot DNS": knot, NSD: nsd };
const lines =
  'SOA 1\n@ NS ns\n@ MX 10 mail\nns A 192.0.2.1\nmail AAAA 2001:db8::25\nwww TXT "a b" c\nsub NS ns.sub\nns.sub A 192.0.2.9';

/** Many hosts, so that a transfer takes many messages, of which some servers sign one in a hundred. */
const hosts = Array.from({ length: 8_000 }, (_, i) => `host${i} A 10.0.${i >> 8}.${i & 255}`).join("\n");

/** Serves on a port of 127.0.0.1 until the test is over. */
async function serve(context: TestContext, factory: Factory, port: number): Promise<Listener> {
  const listener = await listen([`udp:${port}:interface=127.0.0.1`, `tcp:${port}:interface=127.0.0.1`], factory, {
    reactor: nodeReactor,
  });
  context.after(() => listener.stop({ graceMs: 0 }));
  return listener;
}

/** Remembers what was asked. */
function remembering(asked: string[]): DnsPlugin {
  return {
    name: "remembering",
    wrap: (next) => (request) => {
      const { opcode, type } = request.query;
      const how = request.transport === "tls" ? " over tls" : "";
      asked.push(`${opcode === DnsOpcode.notify ? "NOTIFY " : ""}${dnsTypeName(type)}${how}`);
      return next(request);
    },
  };
}

async function serialAt(client: DnsClient, port: number): Promise<number | undefined> {
  const place = { transport: "udp", host: "127.0.0.1", port } as const;
  const { answers } = await client.exchange(testQuestion("@", "SOA"), place, { timeoutMs: 500 });
  return answers[0]?.type === "SOA" ? answers[0].data.serial : undefined;
}

async function waitForSerial(client: DnsClient, server: NameServer, port: number, serial: number): Promise<void> {
  const isThere = () =>
    serialAt(client, port).then(
      (found) => found === serial,
      () => false,
    );
  await eventually(`serial ${serial}`, isThere, server.log);
}

/** The whole zone as a server gives it to those who have the key. */
async function linesAt(port: number): Promise<readonly string[]> {
  const outcome = await transferZone(testOrigin, { host: "127.0.0.1", port, tsigKey: key }, { reactor: nodeReactor });
  assert.ok(outcome.type === "contents");
  return linesOf(outcome.contents.sets());
}

for (const [name, kind] of Object.entries(kinds)) {
  test(`${name} transfers from us with TSIG, hears our NOTIFY, and takes the difference`, async (context) => {
    if (!needsPrograms(context, kind.program)) return;
    const [port, ourPort] = [await freePort(), await freePort()];
    const zone: Zone = testZone(`${lines}\n${hosts}`);
    const table = new ZoneTable([zone]);
    const asked: string[] = [];
    const targets = [{ host: "127.0.0.1", port, tsigKey: key }];
    const notifier = new ZoneNotifier(table, { targets, nameServers: false, delayMs: 50 });
    const plugins = [remembering(asked), transferPlugin(table, { allow: [{ keys: [keyName] }] }), zonesPlugin(table)];
    await serve(context, dnsServer(plugins, { tsigKeys: [key] }), ourPort);
    await using client = new DnsClient(nodeReactor);
    const server = await startNameServer(context, kind, { port, ourPort });
    await waitForSerial(client, server, port, 1);
    notifier.started(nodeReactor);
    context.after(() => notifier.stopped());
    await eventually("our notice is heard", () => notifier.counters.heard > 0, server.log);
    changeZone(zone, "mail AAAA 2001:db8::25", "mail AAAA 2001:db8::26");
    changeZone(zone, 'www TXT "a b" c', "new A 192.0.2.80");
    await waitForSerial(client, server, port, 3);
    assert.deepEqual(await linesAt(port), linesOf(zone.sets()));
    assert.equal(asked.filter((one) => one === "AXFR").length, 1, `${asked}`);
    assert.ok(asked.includes("IXFR"), `${asked}`);
    assert.ok(notifier.counters.heard > 0);
  });
}

/** The zone as a primary of somebody else reads it. */
const masterFile = (serial: number, more: string) => `$ORIGIN example.org.
$TTL 300
@ SOA ns host ${serial} 7200 900 1209600 300
@ NS ns
ns A 192.0.2.1
www A 192.0.2.80
www TXT "some text"
${hosts}
${more}
`;

/** How each is told of a new version. */
const changes: Readonly<Record<string, (server: NameServer, port: number) => Promise<void>>> = {
  BIND: update,
  "Knot DNS": update,
  async NSD({ folder, zonePath, child }) {
    await writeIn(folder, zonePath.slice(folder.length + 1), masterFile(2, "new A 192.0.2.99"));
    child.kill("SIGHUP");
  },
};

/** A dynamic update (RFC 2136), as `nsupdate` sends it. */
async function update(_server: NameServer, port: number): Promise<void> {
  const commands = [
    `server 127.0.0.1 ${port}`,
    "zone example.org",
    "update delete www.example.org TXT",
    "update add new.example.org 300 A 192.0.2.99",
    "send",
  ];
  await runProgram("nsupdate", ["-y", `hmac-sha256:${keyName}:${keySecret}`], `${commands.join("\n")}\n`);
}

for (const [name, kind] of Object.entries(kinds)) {
  test(`we transfer from ${name} with TSIG, hear its NOTIFY, and take the difference`, async (context) => {
    if (!needsPrograms(context, kind.program, "nsupdate")) return;
    const [port, ourPort] = [await freePort(), await freePort()];
    const server = await startNameServer(context, kind, { port, ourPort, zone: masterFile(1, "") });
    const table = new ZoneTable();
    const primaries = [{ host: "127.0.0.1", port, tsigKey: key }];
    const plugin = secondaryPlugin(table, [{ origin: "example.org", primaries }]);
    await serve(context, dnsServer([plugin, zonesPlugin(table)], { tsigKeys: [key] }), ourPort);
    await eventually("the first version", () => plugin.zones[0]!.status.serial === 1, server.log);
    await changes[name]!(server, port);
    await eventually("the second version", () => plugin.zones[0]!.status.serial === 2, server.log);
    assert.deepEqual(linesOf(table.get(testOrigin)!.sets()), await linesAt(port));
    const { counters } = plugin.zones[0]!.status;
    assert.deepEqual([counters.axfr, counters.ixfr], [1, 1], server.log());
    assert.ok(counters.notices > 0);
  });
}

/** A primary of ours that gives its zone to all. */
async function servePrimary(
  context: TestContext,
  port: number,
  zone: Zone,
  options: ListenOptions = {},
): Promise<string[]> {
  const table = new ZoneTable([zone]);
  const asked: string[] = [];
  const plugins = [remembering(asked), transferPlugin(table, { allow: [{}] }), zonesPlugin(table)];
  const protocol = options.keyPair === undefined ? "tcp" : "tls";
  const endpoints = [`udp:${port}:interface=127.0.0.1`, `${protocol}:${port}:interface=127.0.0.1`];
  const listener = await listen(endpoints, dnsServer(plugins, { tsigKeys: [key] }), {
    reactor: nodeReactor,
    ...options,
  });
  context.after(() => listener.stop({ graceMs: 0 }));
  return asked;
}

test("BIND transfers from us over TLS (RFC 9103)", async (context) => {
  if (!needsPrograms(context, "named")) return;
  const [port, ourPort] = [await freePort(), await freePort()];
  const pair = selfSignedCertificate();
  const zone = testZone(lines);
  const asked = await servePrimary(context, ourPort, zone, { keyPair: () => pair });
  const server = await startNameServer(context, bind, { port, ourPort, tls: { ...pair, port: 0 } });
  await using client = new DnsClient(nodeReactor);
  await waitForSerial(client, server, port, 1);
  assert.deepEqual(await linesAt(port), linesOf(zone.sets()));
  assert.ok(asked.includes("AXFR over tls"), `${asked}`);
});

test("we transfer from BIND over TLS, and believe only its own certificate (RFC 9103)", async (context) => {
  if (!needsPrograms(context, "named")) return;
  const [port, tlsPort, ourPort] = [await freePort(), await freePort(), await freePort()];
  const pair = selfSignedCertificate();
  const server = await startNameServer(context, bind, {
    port,
    ourPort,
    zone: masterFile(1, ""),
    tls: { ...pair, port: tlsPort },
  });
  await using client = new DnsClient(nodeReactor);
  await waitForSerial(client, server, port, 1);
  const primary = { host: "127.0.0.1", port: tlsPort, transport: "tls", tsigKey: key } as const;
  const table = new ZoneTable();
  const trusting = { ...primary, tls: { ca: [pair.certificate], serverName: "localhost" } };
  const plugin = secondaryPlugin(table, [{ origin: "example.org", primaries: [trusting] }]);
  await serve(context, dnsServer([plugin, zonesPlugin(table)]), ourPort);
  await eventually(
    "the zone",
    () => plugin.zones[0]!.status.serial === 1,
    () => String(plugin.zones[0]!.status.lastError),
  );
  assert.deepEqual(linesOf(table.get(testOrigin)!.sets()), await linesAt(port));
  await assert.rejects(transferZone(testOrigin, primary, { reactor: nodeReactor }), { code: "bad-certificate" });
});

test("dig prints our zone, and kdig the difference", async (context) => {
  if (!needsPrograms(context, "dig", "kdig")) return;
  const port = await freePort();
  const zone = testZone(lines);
  await servePrimary(context, port, zone);
  changeZone(zone, "mail AAAA 2001:db8::25", "new A 192.0.2.80");
  const dig = await runProgram("dig", [
    "@127.0.0.1",
    "-p",
    `${port}`,
    "-y",
    `hmac-sha256:${keyName}:${keySecret}`,
    "example.org",
    "AXFR",
  ]);
  const digged = dig.split("\n").filter((line) => /^[^;\s].*\sIN\s/.test(line) && !line.includes("TSIG"));
  assert.equal(digged.length, 9, dig);
  assert.match(digged[0]!, /SOA.* 2 7200/);
  assert.doesNotMatch(dig, /failed|WARNING/i);
  const kdig = await runProgram("kdig", ["@127.0.0.1", "-p", `${port}`, "example.org", "IXFR=1"]);
  const changed = kdig
    .split("\n")
    .filter((line) => /^[^;\s]/.test(line))
    .map((line) => line.replace(/\s+/g, " "));
  assert.deepEqual(
    changed.map((line) =>
      line
        .split(" ")
        .slice(3)
        .join(" ")
        .replace(/ns\.example\.org\. host\.example\.org\. (\d).*/, "$1"),
    ),
    ["SOA 2", "SOA 1", "AAAA 2001:db8::25", "SOA 2", "A 192.0.2.80", "SOA 2"],
    kdig,
  );
  const current = await runProgram("kdig", ["@127.0.0.1", "-p", `${port}`, "+notcp", "example.org", "IXFR=2"]);
  assert.equal(current.split("\n").filter((line) => /^[^;\s]/.test(line)).length, 1, current);
});

/** Twisted's own way to write zones down; its reader of master files does not work in this version. */
const twistedZone = `zone = [
  SOA("example.org", mname="ns.example.org", rname="host.example.org", serial=1, refresh=7200, retry=900, expire=1209600, minimum=300),
  NS("example.org", "ns.example.org"),
  A("ns.example.org", "192.0.2.1"),
  MX("example.org", 10, "mail.example.org"),
  AAAA("mail.example.org", "2001:db8::25"),
  TXT("www.example.org", b"some text"),
]
`;

test("Twisted Names copies our zone, and we copy its zone", async (context) => {
  const python = findProgram("python3", "/usr/bin");
  const hasTwisted =
    python !== undefined &&
    (await runProgram(python, ["-c", "import twisted.names"]).then(
      () => true,
      () => false,
    ));
  if (!hasTwisted) return context.skip("python3-twisted is not installed");
  const [port, theirPort, ourPort] = [await freePort(), await freePort(), await freePort()];
  const zone = testZone(lines);
  await servePrimary(context, ourPort, zone);
  const folder = await temporaryFolder(context);
  const words = ["-m", "twisted", "dns", "-i", "127.0.0.1"];
  const secondary = startDaemon(context, folder, python, [
    ...words,
    "-p",
    `${port}`,
    "--secondary",
    `127.0.0.1:${ourPort}/example.org`,
  ]);
  await using client = new DnsClient(nodeReactor);
  await eventually(
    "its copy",
    () =>
      serialAt(client, port).then(
        (serial) => serial === 1,
        () => false,
      ),
    secondary.log,
  );
  const place = { transport: "udp", host: "127.0.0.1", port } as const;
  const { answers } = await client.exchange(testQuestion("mail", "AAAA"), place);
  assert.deepEqual(answers.map(formatDnsRecord), ["mail.example.org. 300 IN AAAA 2001:db8::25"]);

  const zonePath = await writeIn(folder, "example.py", twistedZone);
  const primary = startDaemon(context, folder, python, [...words, "-p", `${theirPort}`, "--pyzone", zonePath]);
  const table = new ZoneTable();
  const plugin = secondaryPlugin(table, [
    { origin: "example.org", primaries: [{ host: "127.0.0.1", port: theirPort }] },
  ]);
  await serve(context, dnsServer([plugin, zonesPlugin(table)]), await freePort());
  await eventually(
    "our copy",
    () => plugin.zones[0]!.status.serial === 1,
    () => primary.log() + String(plugin.zones[0]!.status.lastError),
  );
  const copied = linesOf(table.get(testOrigin)!.sets());
  assert.equal(copied.length, 6, `${copied}`);
  assert.match(copied.join(), /www\.example\.org\. \d+ IN TXT "?some text/);
});
