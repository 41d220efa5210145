import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type IpAddress, listen, UsageError } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { nodeReactor } from "@hawser/core/node";
import { dnsServer, ZoneTable, zone, zonesPlugin } from "@hawser/dns";
import { generateDkimKey } from "../sender/dkim/keys.ts";
import { mailCheckDnsTool } from "./tool.ts";

/** Runs `hawser mail check-dns`. */
async function checkDns(
  given: Readonly<Record<string, unknown>>,
  reactor = nodeReactor,
): Promise<{ readonly status: number; readonly output: string }> {
  const lines: string[] = [];
  const terminal = { print: (line: string) => void lines.push(line) };
  const nothing = { address: [], dkim: [], spf: [], nameServer: [], records: false, zone: false };
  const context = { reactor, terminal, signal: new AbortController().signal };
  const status = await mailCheckDnsTool.run({ ...nothing, ...given } as never, context as never);
  return { status, output: `${lines.join("\n")}\n` };
}

test("hawser mail check-dns is content with the zone that it printed, as our own name server answers from it", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "hawser-check-dns-"));
  context.after(() => rm(folder, { recursive: true }));
  const keys = [join(folder, "rsa.pem"), join(folder, "ed25519.pem")] as const;
  await writeFile(keys[0], generateDkimKey("rsa"));
  await writeFile(keys[1], generateDkimKey("ed25519"));
  const dkim = [
    ["s1", keys[0]],
    ["s2", keys[1]],
  ];
  const domain = "example.org";
  const printed = await checkDns({
    domain,
    host: "mail.example.org",
    address: ["192.0.2.1"],
    dkim,
    caa: "letsencrypt.org",
    records: true,
    zone: true,
  });
  assert.equal(printed.status, 0);
  const [, reverse] = /^; (1\.2\.0\.192\.in-addr\.arpa\. IN PTR .*)$/m.exec(printed.output) ?? [];
  const zones = [
    zone(domain, [printed.output]),
    zone("2.0.192.in-addr.arpa", [
      "@ 300 SOA ns.example.org. h.example.org. 1 1 1 1 1",
      "@ 300 NS ns.example.org.",
      `${reverse!.replace(" IN ", " 300 IN ")}`,
    ]),
  ];
  const server = await listen("udp:0:interface=127.0.0.1", dnsServer(zonesPlugin(new ZoneTable(zones))));
  context.after(() => server.stop({ graceMs: 0 }));
  const nameServer = [`127.0.0.1#${(server.address as IpAddress).port}`];
  const good = await checkDns({ domain, dkim, caa: "letsencrypt.org", nameServer });
  assert.equal(good.status, 0, good.output);
  assert.equal(good.output.match(/^ {2}good /gm)?.length, good.output.trim().split("\n").length - 2);
  assert.match(good.output, /^example\.org, whose mail server is mail\.example\.org\n[\s\S]*\nOK\n$/);
  const wrong = await checkDns({
    domain,
    dkim: [
      ["s1", keys[1]],
      ["s3", keys[1]],
    ],
    address: ["192.0.2.7"],
    nameServer,
  });
  assert.equal(wrong.status, 1);
  assert.match(
    wrong.output,
    /^ {2}wrong {4}DKIM {8}s1\._domainkey\.example\.org: another key is published.*\n {23}publish "/m,
  );
  assert.match(wrong.output, /^ {2}missing {2}DKIM {8}s3\._domainkey\.example\.org: the key is not published$/m);
  assert.match(wrong.output, /\n\d to be seen to\n$/);
});

test("hawser mail check-dns refuses what makes no sense", async () => {
  const reactor = memoryReactor({ files: { "bad.pem": "no key" } });
  for (const given of [
    { domain: "a b" },
    { domain: "example.org", zone: true },
    { domain: "example.org", host: "mail.example.org", dkim: [["s1", "/none.pem"]] },
    { domain: "example.org", host: "mail.example.org", dkim: [["s1", "/bad.pem"]] },
  ])
    await assert.rejects(checkDns(given, reactor), UsageError);
});
