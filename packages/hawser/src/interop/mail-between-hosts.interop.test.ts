import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type HawserProcess, runHawser, startHawser } from "../testing/hawser-process.ts";
import { needs, runProgram } from "../testing/programs.ts";
import { type TestSite, testSite } from "../testing/site.ts";
import { type Host, twoHosts } from "../testing/two-hosts.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2_048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "der" },
});
const published = publicKey.toString("base64");

/** What both domains publish. The server that b.test would rather have is not there. */
const zone = `$ORIGIN test.
@ 60 IN SOA ns.test. host.test. 1 3600 900 604800 60
@ IN NS ns
ns IN A 10.77.0.1
a IN MX 10 mail.a
mail.a IN A 10.77.0.1
a IN TXT "v=spf1 mx -all"
_dmarc.a IN TXT "v=DMARC1; p=reject"
one._domainkey.a IN TXT ( "v=DKIM1; k=rsa; p=" "${published.slice(0, 200)}" "${published.slice(200)}" )
b IN MX 10 gone.b
b IN MX 20 mail.b
gone.b IN A 10.77.0.9
mail.b IN A 10.77.0.2
`;

const asAlice = [
  ...["--server", "127.0.0.1:587", "--auth", "PLAIN", "--auth-user", "alice@a.test", "--auth-password", "wonderland"],
  ...["--from", "alice@a.test", "--h-From", "alice@a.test"],
];

/** Nothing here is told where a server is but by the DNS, and every port is the well-known one. */
test("two hosts, each with hawser mail and a domain, send each other mail", async (t) => {
  if (!needs(t, "swaks", "curl")) return;
  await using hosts = await twoHosts(t);
  if (hosts === undefined) return;
  const { a, b } = hosts;
  await using site = await testSite({ "test.zone": zone, "one.pem": privateKey });
  await using _names = await startHawser(
    [
      "dns",
      "--zone",
      "test=test.zone",
      ...["udp", "tcp"].flatMap((kind) => ["--listen", `${kind}:53:interface=${a.address}`]),
    ],
    2,
    { directory: site.folder, within: a.within },
  );
  await using ours = await startMail(site, a, "a.test", "alice@a.test:wonderland", "--dkim", "one=one.pem");
  let theirs = await startMail(site, b, "b.test", "bob@b.test:builder");
  t.after(() => theirs.stop());

  await t.test("by MX, the second when the first is not there, with SPF, DKIM and DMARC in order", async () => {
    assert.match(await swaks(a, ...asAlice, "--to", "bob@b.test", "--h-Subject", "hello"), / 250 2\.0\.0 Queued/);
    const mail = await newest(b, "bob@b.test:builder", "hello");
    const [, results = ""] = /^Authentication-Results: (mail\.b\.test;(?:.|\n )*)$/m.exec(mail) ?? [];
    for (const said of ["dkim=pass header.d=a.test", "spf=pass smtp.mailfrom=alice@a.test", "dmarc=pass"])
      assert.ok(results.replaceAll(/\s+/g, " ").includes(said), `${said}: ${results}`);
    assert.match(mail, /^Received: from mail\.a\.test \(\[10\.77\.0\.1\]\)\n\tby mail\.b\.test with ESMTP/m);
  });

  await t.test("a forger is refused as the domain wants it", async () => {
    const forged = ["--server", b.address, "--from", "alice@a.test", "--h-From", "alice@a.test", "--to", "bob@b.test"];
    assert.match(await swaks(b, ...forged), /<\*\* 550 5\.7\.26 /);
  });

  await t.test("the sender hears of what cannot be delivered", async () => {
    assert.match(
      await swaks(a, ...asAlice, "--to", "nobody@b.test", "--h-Subject", "is anybody there"),
      / 250 2\.0\.0 Queued/,
    );
    const report = await newest(a, "alice@a.test:wonderland", ".*(?:[Uu]ndeliver|not delivered|[Ff]ail)");
    assert.match(report, /^Final-Recipient: rfc822; ?nobody@b\.test$/m);
    assert.match(report, /^Status: 5\.1\.1$/m);
  });

  await t.test("what waits for a server goes when it is back and the queue is told", async () => {
    await theirs.stop();
    await swaks(a, ...asAlice, "--to", "bob@b.test", "--h-Subject", "later");
    await until(() => ours.lines.some((line) => /delayed|waits|deferred/.test(line)), ours);
    theirs = await startMail(site, b, "b.test", "bob@b.test:builder");
    const { output } = await runHawser(["queue", "list", "--queue", "a.test-queue"], { directory: site.folder });
    assert.match(output, /alice@a\.test/);
    await runHawser(["queue", "flush", "--queue", "a.test-queue"], { directory: site.folder });
    await newest(b, "bob@b.test:builder", "later");
  });
});

function startMail(
  site: TestSite,
  { within }: Host,
  domain: string,
  user: string,
  ...more: readonly string[]
): Promise<HawserProcess> {
  const here = ["--imap", "tcp:143:interface=127.0.0.1", "--submission", "tcp:587:interface=127.0.0.1"];
  const words = [
    "mail",
    "--domain",
    domain,
    "--queue",
    `${domain}-queue`,
    "--auth",
    `memory:${user}`,
    "--smtp",
    "tcp:25",
    ...here,
  ];
  return startHawser([...words, "--name-server", "10.77.0.1", "--log", "-", ...more], 3, {
    directory: site.folder,
    within,
  });
}

/** Runs a program on a host; what it printed. */
async function on({ within: [program, ...before] }: Host, ...words: readonly string[]): Promise<string> {
  const { output, errors } = await runProgram(program!, [...before, ...words]);
  return output + errors;
}

function swaks(host: Host, ...words: readonly string[]): Promise<string> {
  return on(host, "swaks", "--timeout", "15", ...words);
}

/** The newest message of a mailbox, as curl gets it, once it has that subject. */
async function newest(host: Host, login: string, subject: string): Promise<string> {
  let mail = "";
  for (const end = performance.now() + 30_000; performance.now() < end; await sleep(200)) {
    mail = (await on(host, "curl", "-sS", "-u", login, "imap://127.0.0.1/INBOX;MAILINDEX=*")).replaceAll("\r\n", "\n");
    if (new RegExp(`^Subject: ${subject}`, "m").test(mail)) return mail;
  }
  throw new Error(`"${subject}" has not come; the newest is:\n${mail}`);
}

async function until(isTrue: () => boolean, { lines }: HawserProcess): Promise<void> {
  for (const end = performance.now() + 30_000; !isTrue(); await sleep(100))
    if (performance.now() > end) throw new Error(`it never said so:\n${lines.join("\n")}`);
}
