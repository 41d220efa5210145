import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { startBind } from "../testing/bind.ts";
import { runHawser, startHawser } from "../testing/hawser-process.ts";
import { needs, type ProgramResult, runProgram } from "../testing/programs.ts";
import { testSite } from "../testing/site.ts";

const key = "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==";
const digest = "0C72AC70B745AC19998811B131D662C9AC69DBDBE7CB23E5B514B56664C5D3D6";

const zone = `$TTL 1h
@ SOA ns.example. host.example. 2024010101 2h 15m 2w 5m
@ NS ns
@ MX 10 mail
@ TXT "v=spf1 -all" "second string"
ns A 127.0.0.1
mail A 192.0.2.1
mail AAAA 2001:db8::1
www 300 CNAME web
web 90 A 192.0.2.80
$GENERATE 1-20 big TXT "${"b".repeat(120)}$"
_sip._tcp SRV 1 2 5060 web
key DNSKEY 257 3 13 ${key}
sig RRSIG A 13 2 3600 20330101000000 20230101000000 1234 example. ${key}
ds DS 60485 13 2 ${digest}
caa CAA 0 issue "letsencrypt.org"
svc HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1
odd TYPE65280 \\# 40 ${"0A000001".repeat(10)}
sub NS ns.sub
ns.sub A 192.0.2.99
tlsa TLSA 3 1 1 ${digest}
ssh SSHFP 4 2 ${digest}
pgp OPENPGPKEY ${key}
cert CERT PKIX 1 ECDSAP256SHA256 ${key}
smime SMIMEA 3 1 1 ${digest}
dhcid DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=
ipsec IPSECKEY 10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
naptr NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .
loc LOC 51 30 12.748 N 0 7 39.611 W 0.00m 0.00m 0.00m 0.00m
uri URI 10 1 "ftp://ftp1.example.com/public"
zonemd ZONEMD 2018031500 1 1 ${"FEBE3D4C".repeat(12)}
nsec NSEC host.example.com. A MX RRSIG NSEC TYPE1234
cds CDS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118
csync CSYNC 66 3 A NS AAAA
hinfo HINFO "PC" "Linux"
`;

/** What is asked of both programs; the lines are the same but for ids, cookies, times, and the order of a set. */
const questions = `www.example
www.example +nsid +subnet=192.0.2.0/24
www.example +short
www.example +short +identify
www.example +noall +answer +ttlunits
www.example +noclass +nottlid
www.example +yaml
example axfr
example axfr +noall +answer +onesoa
other axfr
example soa +multi
example +nocmd +qr
example soa +nocomments
example +header-only
example +expire +keepalive +tcp
example mx +noedns
example ns +norec +cd +aaflag +do
example +noquestion +noauthority
example +opcode=notify
example +edns=3
example +edns=3 +noednsnegotiation
example +ednsopt=65001:aabb +qr
example any
nope.example
sub.example
big.example txt
big.example txt +ignore
-x 192.0.2.1
-x 2001:db8::1
mail.example a mail.example aaaa +noall +answer
mx example nope.example +noall +question
mail.example aaaa +expandaaaa
web.example +unknownformat
key.example dnskey
key.example dnskey +multi
key.example dnskey +rrcomments
key.example dnskey +nocrypto
key.example dnskey +nosplit +short
sig.example rrsig +multi
ds.example ds +nocrypto
ds.example ds +multi
ssh.example sshfp +split=8
odd.example type65280
odd.example type65280 +multi
caa.example caa
svc.example https
tlsa.example tlsa +short
pgp.example openpgpkey +multi
cert.example cert +multi
smime.example smimea +multi
dhcid.example dhcid +multi
ipsec.example ipseckey +multi
naptr.example naptr
loc.example loc
uri.example uri
zonemd.example zonemd +multi
nsec.example nsec
cds.example cds +multi
csync.example csync
hinfo.example hinfo
_sip._tcp.example srv
version.bind ch txt +tcp
www +domain=example
a..b
+nonsense`.split("\n");

test("hawser dig prints what BIND's dig prints, of BIND", async (context) => {
  if (!needs(context, "dig", "named")) return;
  await using bind = await startBind({ example: zone });
  await compare(bind.port);
});

test("hawser dig prints what BIND's dig prints, of hawser dns", async (context) => {
  if (!needs(context, "dig")) return;
  await using site = await testSite({ "example.zone": zone });
  const options = ["--allow-transfer", "127.0.0.0/8", "--nsid", "lab"];
  await using server = await startHawser(
    ["dns", ...onLoopback, "--zone", `example=${site.path("example.zone")}`, ...options],
    2,
  );
  await compare(portOf(server.url));
});

test("kdig, host and dig ask hawser dns, and nsupdate changes it; what it was told outlives it", async (context) => {
  if (!needs(context, "dig", "kdig", "host", "nsupdate")) return;
  await using site = await testSite({ "example.zone": zone });
  await writeFile(site.path("k.key"), (await runHawser(["zone", "key", "k.example"])).output);
  const options = ["--tsig", `k.example=${site.path("k.key")}`, "--allow-update", "k.example"];
  const words = ["dns", ...onLoopback, "--zone", `example=${site.path("example.zone")}`, ...options];
  {
    await using server = await startHawser(words, 2);
    const port = portOf(server.url);
    const kdig = await runProgram("kdig", ["@127.0.0.1", "-p", String(port), "+short", "www.example"]);
    assert.equal(kdig.output, "web.example.\n192.0.2.80\n");
    const host = await runProgram("host", ["-p", String(port), "mail.example", "127.0.0.1"]);
    assert.match(host.output, /mail\.example has address 192\.0\.2\.1\nmail\.example has IPv6 address 2001:db8::1/);
    const input = `server 127.0.0.1 ${port}\nzone example\nupdate add new.example 60 A 192.0.2.200\nsend\n`;
    assert.equal((await runProgram("nsupdate", ["-k", site.path("k.key")], { input })).status, 0);
    assert.notEqual((await runProgram("nsupdate", [], { input })).status, 0, "without a key");
    assert.equal(await short(port, "new.example"), "192.0.2.200");
  }
  await using again = await startHawser(words, 2);
  assert.equal(await short(portOf(again.url), "new.example"), "192.0.2.200");
});

test("a copy of BIND's zone, with a key that tsig-keygen has made", async (context) => {
  if (!needs(context, "dig", "named", "tsig-keygen")) return;
  const keyText = (await runProgram("tsig-keygen", ["-a", "hmac-sha512", "k.example"])).output;
  await using site = await testSite({ "example.zone": zone, "k.key": keyText, "copies/.keep": "" });
  await using bind = await startBind({ example: zone }, keyText);
  const tsig = ["--tsig", `k.example=${site.path("k.key")}`];
  const from = ["--secondary", `example@127.0.0.1#${bind.port},k.example`, "--state", site.path("copies")];
  await using copy = await startHawser(["dns", ...onLoopback, ...from, ...tsig], 2);
  await until(async () => (await short(portOf(copy.url), "mail.example")) === "192.0.2.1");
});

const onLoopback = ["--listen", "tcp:0:interface=127.0.0.1", "--listen", "udp:0:interface=127.0.0.1"];

function portOf(url: string): number {
  return Number(url.split(":").at(-1));
}

async function short(port: number, name: string): Promise<string> {
  return (await runProgram("dig", ["@127.0.0.1", "-p", String(port), "+short", name])).output.trim();
}

async function compare(port: number): Promise<void> {
  for (const question of questions) {
    const words = ["@127.0.0.1", "-p", String(port), ...question.split(" ")];
    const [theirs, ours] = await Promise.all([runProgram("dig", words), runHawser(["dig", ...words])]);
    assert.deepEqual(comparable(ours), comparable(theirs), question);
  }
}

/** The lines of both in the same order, without what is never the same, and the exit status. */
function comparable({ output, status }: Pick<ProgramResult, "output" | "status">): readonly string[] {
  const lines = output
    .replace(/; <<>> .* <<>>/, "; <<>> X <<>>")
    .replace(/id: \d+/g, "id: N")
    .replace(/COOKIE: [0-9a-f]+/g, "COOKIE: C")
    .replace(/time: \d+ msec/g, "time: N")
    .replace(/in \d+ ms/g, "in N ms")
    .replace(/WHEN: .*/g, "WHEN")
    .replace(/(rcvd|SIZE): \d+/g, "$1: N")
    .replace(/bytes \d+/g, "bytes N")
    .replace(/timestamp \S+/g, "timestamp")
    .replace(/message_size: .*/g, "message_size")
    .split("\n");
  return [`status ${status}`, ...lines.sort()];
}

/** Asks again until it is so; the test run ends what never is. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}
