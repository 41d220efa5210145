import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { simulate, type World } from "@hawser/core/simulation";
import { zone as zoneOf } from "../../authority/loading/check-zone.ts";
import { ZoneTable } from "../../authority/zone-table.ts";
import { zonesPlugin } from "../../authority/zones-plugin.ts";
import { parseDnsRecord } from "../../records/text.ts";
import { dnsServer } from "../../serving/dns-server.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import { bareResponse, dnsResponse } from "../../serving/reply.ts";
import { encodeDnsSets } from "../../serving/sets.ts";
import { parseTsigKey } from "../../tsig/key.ts";
import { DnsRcode } from "../../words.ts";
import { fakeTerminal } from "../terminal.test.kit.ts";
import { runDig } from "./dig.ts";

const records = [
  "example. 3600 IN SOA ns.example. host.example. 7 7200 900 1209600 300",
  "example. 3600 IN NS ns.example.",
  "www.example. 300 IN A 192.0.2.1",
  ...Array.from({ length: 60 }, (_, i) => `big.example. 300 IN TXT "${"x".repeat(40)}${i}"`),
].map((text) => parseDnsRecord(text));

const sets = encodeDnsSets(records);
const [soa] = sets;

/** A small zone, which is also transferred. */
const zone: DnsPlugin = {
  name: "zone",
  wrap: () => (request) => {
    const { name, type } = request.query;
    if (type === 252) return { type: "transfer", sets: [...sets, soa!] };
    const answers = sets.filter((set) => set.name.equals(name) && set.type === type);
    const isThere = sets.some((set) => set.name.equals(name));
    const rcode = isThere ? DnsRcode.noError : DnsRcode.nxDomain;
    return dnsResponse({ rcode, authoritative: true, answers, authorities: answers.length > 0 ? [] : [soa!] });
  },
};

const secret = "hmac-sha256:transfer.example:c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";

interface Dug {
  readonly status: number;
  readonly output: string;
  readonly complaints: readonly string[];
}

/** What a command line prints, in a world with a name server; ids, cookies and times are written as letters. */
async function dig(world: World, line: string, input?: string): Promise<Dug> {
  const { context, printed, complaints } = fakeTerminal(world.host("client"), input);
  const status = await runDig(line.split(" "), context);
  const output = printed
    .join("\n")
    .replace(/id: \d+/g, "id: N")
    .replace(/COOKIE: [0-9a-f]+/g, "COOKIE: C")
    .replace(/time: \d+ msec/, "time: T msec")
    .replace(/WHEN: .*/, "WHEN: W")
    .replace(/\d+\.\d+\.\d+\.\d+#53\(server\)/g, "A#53(server)");
  return { status, output, complaints };
}

async function addressOf(world: World, name: string): Promise<string> {
  world.host(name);
  return (await world.host("client").names.lookup(name))[0]!.host;
}

async function serveZone(world: World, host: string, origin: string, lines: readonly string[]): Promise<void> {
  const table = new ZoneTable([zoneOf(origin, ["$TTL 1h", "@ SOA ns host 1 2h 15m 2w 5m", ...lines])]);
  await world.listen("udp:53", dnsServer(zonesPlugin(table)), { reactor: world.host(host) });
}

function withServer(body: (world: World) => Promise<void>, plugin: DnsPlugin = zone): Promise<void> {
  return simulate({ files: { "etc/resolv.conf": "search example\nnameserver 127.0.0.9\n" } }, async (world) => {
    const server = dnsServer(plugin, { tsigKeys: [parseTsigKey(secret)] });
    await world.listen("udp:53", server, { reactor: world.host("server") });
    await world.listen("tcp:53", server, { reactor: world.host("server") });
    await body(world);
  });
}

describe("hawser dig", () => {
  test("prints what dig prints", () =>
    withServer(async (world) => {
      const { status, output } = await dig(world, "@server www.example");
      assert.equal(
        output,
        `
; <<>> Hawser dig <<>> @server www.example
; (1 server found)
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: N
;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1
;; WARNING: recursion requested but not available

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
; COOKIE: C (good)
;; QUESTION SECTION:
;www.example.			IN	A

;; ANSWER SECTION:
www.example.		300	IN	A	192.0.2.1

;; Query time: T msec
;; SERVER: A#53(server) (UDP)
;; WHEN: W
;; MSG SIZE  rcvd: 84
`,
      );
      assert.equal(status, 0);
    }));

  test("asks again over TCP what was cut, and not with +ignore", () =>
    withServer(async (world) => {
      const whole = await dig(world, "@server big.example txt +nocmd");
      assert.match(whole.output, /^;; Truncated, retrying in TCP mode\.\n;; Got answer:/);
      assert.match(whole.output, /ANSWER: 60,[\s\S]*\(TCP\)/);
      const cut = await dig(world, "@server big.example txt +ignore");
      assert.match(cut.output, /flags: qr aa tc rd;[\s\S]*\(UDP\)/);
    }));

  test("shows data alone with +short, and a line of JSON with +json", () =>
    withServer(async (world) => {
      assert.equal((await dig(world, "@server www.example +short")).output, "192.0.2.1");
      const { output } = await dig(world, "@server www.example +json");
      const { RCODEname, QNAME, answerRRs, server } = JSON.parse(output);
      assert.deepEqual(
        [RCODEname, QNAME, answerRRs[0].rdataA, server.transport],
        ["NOERROR", "www.example.", "192.0.2.1", "udp"],
      );
      assert.match((await dig(world, "@server www.example +yaml")).output, /- 'www\.example\. 300 IN A 192\.0\.2\.1'/);
    }));

  test("shows a zone as it comes, signed or not", () =>
    withServer(async (world) => {
      const plain = await dig(world, "@server example axfr +noall +answer");
      assert.equal(plain.output.split("\n").length, records.length + 1);
      const signed = await dig(world, `@server example axfr -y ${secret}`);
      assert.match(
        signed.output,
        new RegExp(`;; XFR size: ${records.length + 1} records \\(messages \\d+, bytes \\d+\\)`),
      );
      const wrong = await dig(world, "@server example axfr -y hmac-sha256:other:c2VjcmV0");
      assert.match(wrong.output, /; Transfer failed\.$/);
    }));

  test("tells a signature that is not good", () =>
    withServer(async (world) => {
      const good = await dig(world, `@server www.example -y ${secret}`);
      assert.doesNotMatch(good.output, /TSIG could not|Couldn't/);
      const wrong = await dig(world, "@server www.example -y hmac-sha256:other:c2VjcmV0");
      assert.match(wrong.output, /^;; Couldn't verify signature: tsig indicates error/);
      assert.match(wrong.output, /BADKEY[\s\S]*;; WARNING -- Some TSIG could not be validated/);
      assert.doesNotMatch(wrong.output.replace(/<<>>.*/, ""), /c2VjcmV0/);
    }));

  test("searches below the domains of resolv.conf", () =>
    withServer(async (world) => {
      assert.equal((await dig(world, "@server www +search +short")).output, "192.0.2.1");
      assert.match((await dig(world, "@server www +domain=example")).output, /;www\.example\./);
      assert.match((await dig(world, "@server www")).output, /status: NXDOMAIN/);
    }));

  test("reads more command lines from a file and from standard input", () =>
    withServer(async (world) => {
      const lines = "www.example +short\n# nothing\n\nexample ns +short\n";
      assert.equal((await dig(world, "@server -f -", lines)).output, "192.0.2.1\nns.example.");
      const { status, complaints } = await dig(world, "@server -f /nowhere");
      assert.deepEqual([status, complaints], [8, ['hawser dig: cannot read the batch file "/nowhere": no such file']]);
    }));

  test("tells that nobody answers, by status 9", () =>
    withServer(async (world) => {
      const { status, output } = await dig(world, "@server -p 5300 www.example +tries=2 +time=1");
      assert.equal(status, 9);
      assert.match(output, /^;; communications error to \S+#5300: timed out\n;; communications error/);
      assert.match(output, /;; no servers could be reached$/);
      const tcp = await dig(world, "@server -p 5300 www.example +tcp +tries=1");
      assert.match(tcp.output, /^;; Connection to \S+#5300\(server\) for www\.example failed: connection refused\./);
    }));

  test("tells what it cannot follow by status 1, and names that are none by status 10", () =>
    withServer(async (world) => {
      assert.equal((await dig(world, "+foo")).status, 1);
      assert.deepEqual((await dig(world, "@nobody example")).complaints, [
        "hawser dig: couldn't get address for 'nobody'",
      ]);
      assert.equal((await dig(world, "@server a..b")).status, 10);
    }));

  test("follows delegations with +trace, and shows each server's SOA record with +nssearch", () =>
    simulate({}, async (world) => {
      const [root, org, example] = await Promise.all(["root", "org", "example"].map((name) => addressOf(world, name)));
      await serveZone(world, "root", ".", [
        "@ NS ns.root.",
        `ns.root. A ${root}`,
        "org NS ns.org.",
        `ns.org. A ${org}`,
      ]);
      await serveZone(world, "org", "org", [
        "@ NS ns",
        `ns A ${org}`,
        "example NS ns.example",
        `ns.example A ${example}`,
      ]);
      await serveZone(world, "example", "example.org", ["@ NS ns", `ns A ${example}`, "www A 192.0.2.1"]);
      const { status, output } = await dig(world, `@${root} +trace www.example.org`);
      assert.equal(status, 0);
      const received = [...output.matchAll(/;; Received \d+ bytes from (\S+)#53\(/g)].map(([, host]) => host);
      assert.deepEqual(received, [root, root, org, example]);
      assert.match(
        output,
        /\norg\.\s+3600\s+IN\s+NS\s+ns\.org\.\n[\s\S]*www\.example\.org\.\s+3600\s+IN\s+A\s+192\.0\.2\.1\n/,
      );
      const search = await dig(world, `@${example} example.org +nssearch`);
      assert.match(search.output, /couldn't get address for 'ns\.example\.org'/);
    }));

  test("takes SERVFAIL for an answer, unless there is another server and +nofail", () =>
    withServer(
      async (world) => {
        assert.match((await dig(world, "@server example")).output, /status: SERVFAIL/);
      },
      { name: "broken", wrap: () => () => bareResponse(DnsRcode.servFail) },
    ));
});
