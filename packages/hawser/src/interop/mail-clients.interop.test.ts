import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { after, before, describe, type TestContext, test } from "node:test";
import { selfSignedCertificate } from "@hawser/core/testing";
import { freePort } from "../testing/bind.ts";
import { type HawserProcess, startHawser } from "../testing/hawser-process.ts";
import { needs, runProgram } from "../testing/programs.ts";
import { type TestSite, testSite } from "../testing/site.ts";

let site: TestSite;
let server: HawserProcess;
let relayPort: number;

/** One server for all of it: every protocol, with STARTTLS and with TLS. */
before(async () => {
  site = await testSite({ aliases: "team: alice, bob\n" });
  const { certificate, key } = selfSignedCertificate({ names: ["localhost", "127.0.0.1"] });
  await writeFile(site.path("mail.pem"), certificate + key);
  relayPort = await freePort();
  const here = "0:interface=127.0.0.1";
  server = await startHawser(
    [
      ...[
        "mail",
        "--domain",
        "example.org=mail",
        "--tls-cert",
        "mail.pem",
        "--aliases",
        "aliases",
        "--no-sender-checks",
      ],
      ...["--auth", "memory:alice@example.org:wonderland:bob@example.org:builder", "--catch-all", "bob@example.org"],
      ...["--smtp", `tcp:${here}`, "--submission", `tcp:${here}`, "--submission", `tls:${here}`],
      ...["--pop3", `tcp:${here}`, "--pop3", `tls:${here}`, "--imap", `tcp:${here}`, "--imap", `tls:${here}`],
      ...["--relay", `tcp:127.0.0.1:${relayPort}`],
    ],
    7,
    { directory: site.folder },
  );
});
after(async () => {
  assert.equal(await server.stop(), 0);
  await site[Symbol.asyncDispose]();
});

/** `127.0.0.1:PORT` of what is spoken there. */
function hostOf(protocol: string): string {
  return new URL(server.urls.find((url) => url.startsWith(`${protocol}://`))!).host;
}

async function swaks(context: TestContext, protocol: string, ...words: readonly string[]): Promise<string> {
  assert.ok(needs(context, "swaks"));
  const { output, errors } = await runProgram("swaks", ["--server", hostOf(protocol), "--timeout", "10", ...words]);
  return output + errors;
}

const asAlice = ["--from", "alice@example.org", "--auth-user", "alice@example.org", "--auth-password", "wonderland"];

/** Curl's view of a mailbox. */
async function curl(user: string, url: string, ...words: readonly string[]): Promise<string> {
  const { output, status, errors } = await runProgram("curl", ["-sSk", "-u", user, url, ...words]);
  assert.equal(status, 0, errors);
  return output;
}

async function python(program: string): Promise<string> {
  const { output, status, errors } = await runProgram("/usr/bin/python3", ["-c", program]);
  assert.equal(status, 0, errors);
  return output.trim();
}

describe("hawser mail", { concurrency: false }, () => {
  test("takes a message of swaks from alice, and hands it to bob's curl, by IMAP and POP3, with STARTTLS and TLS", async (t) => {
    if (!needs(t, "swaks", "curl")) return;
    const words = ["--to", "bob@example.org", "--h-Subject", "from swaks", "--auth", "PLAIN", ...asAlice];
    assert.match(await swaks(t, "submission", "--tls", ...words), /<~ {2}250 2\.0\.0 (Accepted|Queued)/);
    for (const [url, ...more] of [
      [`imap://${hostOf("imap")}/INBOX;MAILINDEX=1`, "--ssl-reqd"],
      [`imaps://${hostOf("imaps")}/INBOX;MAILINDEX=1`],
      [`pop3://${hostOf("pop3")}/1`, "--ssl-reqd"],
      [`pop3s://${hostOf("pop3s")}/1`],
    ] as const)
      assert.match(await curl("bob@example.org:builder", url, ...more), /^Subject: from swaks\r$/m, url);
  });

  test("follows aliases, catches what nobody gets, and is no relay, to swaks", async (t) => {
    if (!needs(t, "swaks", "curl")) return;
    const from = ["--from", "carol@elsewhere.example"];
    const said = await swaks(t, "smtp", ...from, "--to", "team@example.org,nobody@example.org,x@far.example");
    assert.match(said, /<\*\* 550 5\.7\.1 /);
    assert.match(said, /<- {2}250 2\.0\.0 (Accepted|Queued)/);
    // What has several destinations goes by the queue.
    const count = async (user: string) => {
      const list = await curl(user, `pop3://${hostOf("pop3")}/`, "--ssl-reqd");
      return list.split("\n").filter((line) => /^\d/.test(line)).length;
    };
    const end = performance.now() + 15_000;
    while ((await count("alice@example.org:wonderland")) < 1 || (await count("bob@example.org:builder")) < 2)
      assert.ok(performance.now() < end, "it has not come");
    assert.match(
      await swaks(t, "smtp", "--to", "bob@example.org", "--auth", ...asAlice),
      /did not advertise|No authentication/i,
    );
    const forged = ["--tls", "--to", "bob@example.org", "--auth", "PLAIN", ...asAlice, "--from", "bob@example.org"];
    assert.match(await swaks(t, "submission", ...forged), /<~\* 5\d\d 5\.7\.1/);
  });

  test("serves Python's smtplib, imaplib and poplib", async (t) => {
    if (!needs(t, "/usr/bin/python3".slice("/usr/bin/".length))) return;
    const [smtps, imaps, pop3s] = ["submissions", "imaps", "pop3s"].map((one) => hostOf(one).split(":")[1]);
    const said = await python(`
import imaplib, poplib, smtplib, ssl
context = ssl._create_unverified_context()
with smtplib.SMTP_SSL("127.0.0.1", ${smtps}, context=context) as smtp:
    smtp.login("alice@example.org", "wonderland")
    smtp.sendmail("alice@example.org", ["bob@example.org"], "From: alice@example.org\\r\\nSubject: from Python\\r\\n\\r\\nHello\\r\\n")
with imaplib.IMAP4_SSL("127.0.0.1", ${imaps}, ssl_context=context) as imap:
    imap.login("bob@example.org", "builder")
    imap.select()
    print(*imap.search(None, "SUBJECT", "Python"))
pop = poplib.POP3_SSL("127.0.0.1", ${pop3s}, context=context)
pop.user("bob@example.org"); pop.pass_("builder")
print(b"Subject: from Python" in pop.retr(len(pop.list()[1]))[1])
pop.quit()
`);
    assert.match(said, /^OK \[b'\d+'\]\nTrue$/);
  });

  test("gives what is for elsewhere to Postfix's smtp-sink", async (t) => {
    if (!needs(t, "swaks", "smtp-sink")) return;
    const dump = site.path("sink");
    const sink = spawn("smtp-sink", ["-u", "root", "-D", `${dump}-`, `127.0.0.1:${relayPort}`, "10"], {
      stdio: "ignore",
    });
    try {
      const words = ["--to", "dave@far.example", "--h-Subject", "far away", "--auth", "PLAIN", ...asAlice];
      assert.match(await swaks(t, "submission", "--tls", ...words), /<~ {2}250 2\.0\.0 (Accepted|Queued)/);
      let [came] = await dumped();
      for (const end = performance.now() + 15_000; came === undefined; [came] = await dumped())
        assert.ok(performance.now() < end, "nothing came");
      const text = await readFile(site.path(came), "utf8");
      assert.match(text, /^X-Rcpt-Args: <dave@far\.example>/m);
      assert.match(text, /^Subject: far away$/m);
    } finally {
      sink.kill("SIGTERM");
      await once(sink, "exit");
    }
  });
});

async function dumped(): Promise<readonly string[]> {
  return (await readdir(site.folder)).filter((name) => name.startsWith("sink-"));
}
