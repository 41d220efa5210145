/** Programs that others wrote ask our server: dig and host of BIND, kdig of Knot. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { type Listener, listen } from "@hawser/core";
import { selfSignedCertificate } from "@hawser/core/testing";
import { parseDnsRecord } from "../records/text.ts";
import { DnsType } from "../records/types.ts";
import { parseTsigKey } from "../tsig/key.ts";
import { recordsPlugin } from "./conversation.test.kit.ts";
import { type DnsServer, dnsServer } from "./dns-server.ts";
import type { DnsPlugin } from "./plugin.ts";
import { encodeDnsSets } from "./sets.ts";

const soa = "example. 60 IN SOA ns.example. host.example. 7 3600 900 604800 300";
const hosts = Array.from({ length: 3_000 }, (_, i) => `host${i}.example. 60 IN A 192.0.2.${i % 256}`);
const records = recordsPlugin(
  soa,
  "example. 60 IN NS ns.example.",
  "www.example. 60 IN A 192.0.2.1",
  ...Array.from({ length: 300 }, (_, i) => `big.example. 60 IN A 198.51.${i >> 8}.${i & 255}`),
);
const transfers: DnsPlugin = {
  name: "transfers",
  wrap: (next) => (request) =>
    request.query.type === DnsType.AXFR || request.query.type === DnsType.IXFR
      ? { type: "transfer", sets: encodeDnsSets([soa, ...hosts].map((text) => parseDnsRecord(text))).concat(last) }
      : next(request),
};
const last = encodeDnsSets([parseDnsRecord(soa)]);
const secret = "hmac-sha256:k.example:c2VjcmV0c2VjcmV0c2VjcmV0";

const folder = mkdtempSync(join(tmpdir(), "hawser-dns-"));
const listeners: Listener[] = [];
let port = 0;
let tlsPort = 0;
before(async () => {
  const server = dnsServer([transfers, records], {
    tsigKeys: [parseTsigKey("hmac-sha256:k.example.:c2VjcmV0c2VjcmV0c2VjcmV0")],
    nsid: "ns1.hawser",
    version: "Hawser",
  });
  const { certificate, key } = selfSignedCertificate({ names: ["ns.example"] });
  writeFileSync(join(folder, "server.pem"), `${certificate}${key}`);
  writeFileSync(join(folder, "authority.pem"), certificate);
  port = await open("tcp:0:interface=127.0.0.1", server);
  await open(`udp:${port}:interface=127.0.0.1`, server);
  tlsPort = await open(`tls:0:interface=127.0.0.1:cert=${join(folder, "server.pem")}`, server);
});

after(async () => {
  await Promise.all(listeners.map((listener) => listener.stop({ graceMs: 0 })));
  rmSync(folder, { recursive: true });
});

async function open(where: string, server: DnsServer): Promise<number> {
  const listener = await listen(where, server);
  listeners.push(listener);
  return listener.address.family === "ipv4" ? listener.address.port : 0;
}

/** Words, and what the output must have, or must not. */
type Case = readonly [words: string, ...wanted: (RegExp | { readonly not: RegExp })[]];

const digs: readonly Case[] = [
  ["www.example A +norec", /status: NOERROR/, /flags: qr aa;/, /www\.example\.\s+60\s+IN\s+A\s+192\.0\.2\.1\n/],
  ["www.example A", /WARNING: recursion requested but not available/, /COOKIE: [0-9a-f]{48} \(good\)/],
  ["no.example A +noedns", /status: NXDOMAIN/, { not: /EDNS/ }],
  ["www.example A +tcp", /status: NOERROR/, /\(TCP\)/],
  ["www.example A +tcp +keepopen host1.example A", /192\.0\.2\.1/],
  ["www.example A +nsid", /NSID: .*\("ns1\.hawser"\)/],
  ["www.example A +tcp +keepalive", /TCP.KEEPALIVE: 10\.0 secs/],
  ["www.example A +padding=128", /status: NOERROR/, { not: /PAD/ }],
  ["www.example A +edns=1 +noednsneg", /status: BADVERS/, /EDNS: version: 0/],
  ["www.example A +edns=1", /status: NOERROR/],
  ["www.example A +ednsflags=0x4000 +ednsopt=65001:abcd", /status: NOERROR/, { not: /OPT=65001/ }],
  ["www.example A +dnssec +bufsize=4096", /flags: do; udp: 1232/],
  ["www.example A +opcode=iquery", /status: NOTIMP/],
  ["www.example A +opcode=15", /status: NOTIMP/],
  ["+header-only +nocookie", /status: FORMERR/],
  ["+header-only", /status: NOERROR/, /COOKIE: [0-9a-f]{48} \(good\)/],
  ["www.example A +cookie=0102030405060708ffffffffffffffffffffffffffffffff", /status: NOERROR/, /COOKIE/],
  ["big.example A +ignore +bufsize=1232", /flags: qr aa tc/, /ANSWER: 0,/],
  ["big.example A", /Truncated, retrying in TCP mode/, /ANSWER: 300,/],
  ["big.example A +noedns +ignore", /flags: qr aa tc/, /ANSWER: 0,/],
  ["version.bind TXT CH", /"Hawser"/],
  ["hostname.bind TXT CH", /status: REFUSED/],
  [`www.example A -y ${secret}`, /192\.0\.2\.1/, /NOERROR/, /TSIG/, { not: /verify|BADSIG/ }],
  ["www.example A -y hmac-sha256:other:c2VjcmV0", /status: NOTAUTH/, /BADKEY/],
  ["www.example A -y hmac-sha256:k.example:d3Jvbmc=", /status: NOTAUTH/, /BADSIG/],
  ["www.example A -y hmac-sha256:k.example:c2VjcmV0c2VjcmV0c2VjcmV0 +fuzztime=1000", /NOTAUTH/, /BADTIME/],
  [`example AXFR -y ${secret}`, /XFR size: 3002 records \(messages [4-9]/, { not: /verify|failed/ }],
  ["example AXFR", /XFR size: 3002 records \(messages [4-9]/],
  ["example IXFR=6 +notcp", /\tSOA\t.*7 3600/, { not: /\tA\t/ }],
];

for (const [words, ...wanted] of digs)
  asking("dig", ["+tries=1", "+time=5", ...words.split(" ")], () => ["-p", `${port}`, "@127.0.0.1"], wanted);

const kdigs: readonly Case[] = [
  ["www.example A", /status: NOERROR/, /192\.0\.2\.1/],
  ["www.example A +cookie", /status: NOERROR/, /192\.0\.2\.1/],
  ["www.example A +nsid", /NSID: .*ns1\.hawser/],
  ["big.example A", /ANSWER: 300;/],
  ["www.example A +edns=1", /status: BADVERS/],
  [`www.example A -y ${secret}`, /status: NOERROR/, { not: /WARNING|;; ERROR/ }],
  [`example AXFR -y ${secret}`, /Received \d+ B \([4-9] messages, 3002 records\)/, { not: /WARNING|;; ERROR/ }],
  ["example AXFR", /Received \d+ B \([4-9] messages, 3002 records\)/],
];
for (const [words, ...wanted] of kdigs)
  asking("kdig", ["+retry=0", ...words.split(" ")], () => ["-p", `${port}`, "@127.0.0.1"], wanted);

const secure = () => [
  "-p",
  `${tlsPort}`,
  "@127.0.0.1",
  `+tls-ca=${join(folder, "authority.pem")}`,
  "+tls-hostname=ns.example",
];
const kdigsOverTls: readonly Case[] = [
  ["www.example A", /TLS session \(TLS1\.3\)/, /192\.0\.2\.1/],
  ["www.example A +padding=128", /status: NOERROR/, /PADDING: \d+ B/, /Received 468 B/],
  ["big.example A +keepopen www.example A", /ANSWER: 300;/, /192\.0\.2\.1/],
  ["example AXFR", /3002 records\)/],
];
for (const [words, ...wanted] of kdigsOverTls) asking("kdig", words.split(" "), secure, wanted);

const digsOverTls: readonly Case[] = [
  ["www.example A", /192\.0\.2\.1/, /\(TLS\)/],
  ["big.example A +padding=128", /ANSWER: 300,/, /PAD: \(\d+ bytes\)/],
];
const secureDig = () => [...secure(), "+tls", "+tries=1"];
for (const [words, ...wanted] of digsOverTls) asking("dig", words.split(" "), secureDig, wanted);

const hostCases: readonly Case[] = [
  ["-t A www.example", /www\.example has address 192\.0\.2\.1/],
  ["-T www.example", /www\.example has address 192\.0\.2\.1/],
  ["no.example", /not found: 3\(NXDOMAIN\)/],
  ["-t SOA example", /example has SOA record/],
  ["-l example", /host2999\.example has address/],
];
for (const [words, ...wanted] of hostCases)
  asking("host", ["-p", "PORT", ...words.split(" ")], () => ["127.0.0.1"], wanted);

function asking(
  program: string,
  words: readonly string[],
  where: () => readonly string[],
  wanted: Case extends readonly [string, ...infer Rest] ? Rest : never,
): void {
  test(`${program} ${words.join(" ")}`, async (t) => {
    const given = words.map((word) => (word === "PORT" ? `${port}` : word));
    const isFirst = program !== "host";
    const output = await run(t, program, isFirst ? [...where(), ...given] : [...given, ...where()]);
    if (output === undefined) return;
    for (const one of wanted) {
      if (one instanceof RegExp) assert.match(output, one);
      else assert.doesNotMatch(output, one.not);
    }
  });
}

/** What a program prints on both of its outputs; `undefined` and a skipped test where it is not installed. */
function run(t: TestContext, program: string, words: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], timeout: 20_000 });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.once("error", () => {
      t.skip(`${program} is not installed`);
      resolve(undefined);
    });
    child.once("close", () => resolve(output));
  });
}
