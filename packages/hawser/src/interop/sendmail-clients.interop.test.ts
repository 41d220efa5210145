import assert from "node:assert/strict";
import { chown, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type IpAddress, listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { diskMailQueueStore, mailQueue, smartHostTransport } from "@hawser/mail/queue";
import { parseSendmailWords } from "@hawser/mail/sendmail";
import { memorySmtpBackend, type SmtpMemoryBackend, smtpServer } from "@hawser/mail/smtp";
import { needs, runProgram } from "../testing/programs.ts";
import { testSite } from "../testing/site.ts";

const main = fileURLToPath(new URL("../../bin/hawser.js", import.meta.url));

interface Host {
  /** A link to `hawser` that is called so. */
  readonly sendmail: string;
  readonly mailq: string;
  readonly folder: string;
  readonly backend: SmtpMemoryBackend;
  /** Where that is. */
  readonly relay: string;
}

/** A host whose `sendmail` is ours: mail goes to a relay of ours, or into a queue. */
async function host(context: TestContext, way: "queue" | "relay" = "relay"): Promise<Host> {
  const site = await testSite({ "queue/mail/.keep": "" });
  const backend = memorySmtpBackend();
  const listener = await listen("tcp:0:interface=127.0.0.1", smtpServer(backend));
  const { port } = listener.address as IpAddress;
  const relay = `tcp:127.0.0.1:${port}`;
  const settings = way === "relay" ? { relay } : { queue: site.path("queue") };
  await writeFile(site.path("sendmail.json"), JSON.stringify({ ...settings, domain: "example.org" }));
  for (const name of ["sendmail", "mailq"]) await symlink(main, site.path(name));
  const before = process.env["HAWSER_SENDMAIL"];
  process.env["HAWSER_SENDMAIL"] = site.path("sendmail.json"); // for whoever calls it
  context.after(async () => {
    if (before === undefined) delete process.env["HAWSER_SENDMAIL"];
    else process.env["HAWSER_SENDMAIL"] = before;
    await listener.stop({ graceMs: 0 });
    await site[Symbol.asyncDispose]();
  });
  return { sendmail: site.path("sendmail"), mailq: site.path("mailq"), folder: site.folder, backend, relay };
}

/** The one message that came. */
function only({ backend }: Host): {
  readonly from: string | undefined;
  readonly to: readonly string[];
  readonly text: string;
} {
  assert.equal(backend.messages.length, 1);
  const { envelope, content } = backend.messages[0]!;
  const to = envelope.to.map(({ address }) => address);
  return { from: envelope.from?.address, to, text: Buffer.from(content).toString() };
}

/** Gives the queue to somebody else: what root puts there is to be theirs. */
async function giveAway({ folder }: Host): Promise<void> {
  for (const path of ["", "/queue", "/queue/mail"]) await chown(`${folder}${path}`, somebody, somebody);
}

/** Debian's `www-data`. */
const somebody = 33;

describe("hawser as sendmail", { concurrency: false }, () => {
  test("for PHP's mail()", async (context) => {
    if (!needs(context, "php")) return;
    const here = await host(context);
    const script = `exit(mail("bob@example.net", "Hi", "Hello\\n.\\nthere", "From: alice@example.org\\r\\nBcc: eve@example.net", "-fbounces@example.org") ? 0 : 1);`;
    const { status, errors } = await runProgram("php", ["-d", `sendmail_path=${here.sendmail} -t -i`, "-r", script]);
    assert.equal(status, 0, errors);
    const { from, to, text } = only(here);
    assert.equal(from, "bounces@example.org");
    assert.deepEqual(to, ["bob@example.net", "eve@example.net"]);
    assert.match(text, /\r\nSubject: Hi\r\n/);
    assert.match(text, /\r\n\r\nHello\r\n\.\r\nthere\r\n$/);
    assert.doesNotMatch(text, /eve/);
  });

  test("for s-nail", async (context) => {
    if (!needs(context, "s-nail")) return;
    const here = await host(context);
    const words = [
      "-n",
      "-s",
      "Grüße",
      "-S",
      `mta=${here.sendmail}`,
      "-S",
      "ttycharset=utf-8",
      "-r",
      "alice@example.org",
      "-S",
      "sendwait",
      "bob@example.net",
    ];
    const { status, errors } = await runProgram("s-nail", words, { input: "Hello\n" });
    assert.equal(status, 0, errors);
    const { from, to, text } = only(here);
    assert.deepEqual([from, to], ["alice@example.org", ["bob@example.net"]]);
    assert.match(text, /\r\nSubject: =\?/);
  });

  test("for mutt, which also asks for reports", async (context) => {
    if (!needs(context, "mutt")) return;
    const here = await host(context);
    await writeFile(
      `${here.folder}/muttrc`,
      `set sendmail="${here.sendmail} -oem -oi"\nset dsn_notify="failure,delay"\nset dsn_return=hdrs\nset record=""\nset from=alice@example.org\nset use_envelope_from=yes\nset sendmail_wait=20\n`,
    );
    const words = ["-F", `${here.folder}/muttrc`, "-s", "Hi", "bob@example.net"];
    const { status, errors } = await runProgram("mutt", words, { input: "Hello\n" });
    assert.equal(status, 0, errors);
    const { from, to } = only(here);
    assert.deepEqual([from, to], ["alice@example.org", ["bob@example.net"]]);
    const { envelope } = here.backend.messages[0]!;
    assert.deepEqual([envelope.to[0]?.parameters.notify, envelope.parameters.ret], [["FAILURE", "DELAY"], "HDRS"]);
  });

  test("for git send-email", async (context) => {
    if (!needs(context, "git")) return;
    const here = await host(context);
    const patch = `${here.folder}/0001-x.patch`;
    await writeFile(
      patch,
      "From 1234567890123456789012345678901234567890 Mon Sep 17 00:00:00 2001\nFrom: Alice <alice@example.org>\nDate: Thu, 26 Nov 2026 12:00:00 +0000\nSubject: [PATCH] x\n\nbody\n---\n",
    );
    const words = [
      "send-email",
      `--sendmail-cmd=${here.sendmail}`,
      "--from=alice@example.org",
      "--to=bob@example.net",
      "--suppress-cc=all",
      "--confirm=never",
      "--envelope-sender=auto",
      patch,
    ];
    const { status, errors, output } = await runProgram("git", words);
    if (/is not a git command/.test(errors)) return context.skip("git-email is not installed");
    assert.equal(status, 0, errors + output);
    const { from, to, text } = only(here);
    assert.deepEqual([from, to], ["alice@example.org", ["bob@example.net"]]);
    assert.match(text, /\r\nSubject: \[PATCH\] x\r\n/);
  });

  test("for Python's email package, and for what cron writes", async (context) => {
    if (!needs(context, "python3")) return;
    const here = await host(context);
    const script =
      "import subprocess,sys\nfrom email.message import EmailMessage\nm=EmailMessage()\nm['From']='root (Cron Daemon)'\nm['To']='root'\nm['Subject']='Cron <root@box> true'\nm.set_content('caf\\u00e9\\n')\nsys.exit(subprocess.run([sys.argv[1],'-FCronDaemon','-i','-B8BITMIME','-oem','root'],input=bytes(m)).returncode)";
    const { status, errors } = await runProgram("python3", ["-c", script, here.sendmail]);
    assert.equal(status, 0, errors);
    const { to, text } = only(here);
    assert.deepEqual(to, ["root@example.org"]);
    assert.match(
      text,
      /\r\nFrom: Cron Daemon <root@example\.org>\r\nTo: root@example\.org\r\nSubject: Cron <root@box> true\r\n/,
    );
  });

  test("for swaks, which speaks SMTP through a pipe", async (context) => {
    if (!needs(context, "swaks")) return;
    const here = await host(context);
    const { status, output } = await runProgram("swaks", [
      "--pipe",
      `${here.sendmail} -bs`,
      "--from",
      "alice@example.org",
      "--to",
      "bob@example.net",
      "--body",
      "Hello",
    ]);
    assert.equal(status, 0, output);
    assert.deepEqual(only(here).to, ["bob@example.net"]);
  });

  test("into a queue that another process runs, and which mailq shows", async (context) => {
    const here = await host(context, "queue");
    const isRoot = process.getuid?.() === 0;
    if (isRoot) await giveAway(here);
    const sent = await runProgram(here.sendmail, ["bob@example.net"], { input: "Subject: Hi\n\nHello\n" });
    assert.deepEqual(sent, { status: 0, output: "", errors: "" });
    const [mail] = (await readdir(`${here.folder}/queue/mail`)).filter((name) => name.endsWith(".mail"));
    assert.equal((await stat(`${here.folder}/queue/mail/${mail}`)).uid, isRoot ? somebody : process.getuid?.());
    const { status, output } = await runProgram(here.mailq, []);
    assert.equal(status, 0);
    assert.match(output, / bob@example\.net\n\n-- 1 Kbytes in 1 Request\.\n$/);
    assert.equal((await runProgram(here.sendmail, ["-k"])).status, 64);
    const store = await diskMailQueueStore(nodeReactor, `${here.folder}/queue`);
    const transport = smartHostTransport({ reactor: nodeReactor, via: here.relay });
    const times = { pollMs: 50 };
    await using queue = await mailQueue({ reactor: nodeReactor, store, transport, times });
    const calls = Array.from({ length: 5 }, (_, i) =>
      runProgram(here.sendmail, [`bob${i}@example.net`], { input: "\n" }),
    );
    assert.deepEqual(new Set((await Promise.all(calls)).map((call) => call.status)), new Set([0]));
    while (here.backend.messages.length < 6) await here.backend.nextMessage();
    await queue.settled();
    assert.deepEqual(await queue.list(), []);
    const addresses = here.backend.messages.flatMap(({ envelope }) => envelope.to.map(({ address }) => address));
    assert.deepEqual(
      addresses.sort(),
      ["bob0", "bob1", "bob2", "bob3", "bob4", "bob"].map((name) => `${name}@example.net`),
    );
  });
});

test("what Postfix' sendmail refuses to read, ours does", async (context) => {
  if (!needs(context, "postfix")) return;
  for (const line of ["", "-i", "-k x", "-B 9BIT x", "-t -bp", "-bt x", "-bZ x", "-f", "-ti -f", "-X/tmp/x x", "-q!"]) {
    const words = line === "" ? [] : line.split(" ");
    const { status, errors } = await runProgram("/usr/sbin/sendmail", words, { input: "" });
    assert.ok(status !== 0 && errors.includes("fatal"), `Postfix takes ${line}`);
    assert.throws(() => parseSendmailWords(words), { code: "usage" }, line);
  }
});
