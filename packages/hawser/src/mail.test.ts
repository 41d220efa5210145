import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { connect } from "node:tls";
import { listen } from "@hawser/core";
import { selfSignedCertificate } from "@hawser/core/testing";
import { connectImap } from "@hawser/mail/imap";
import { connectPop3 } from "@hawser/mail/pop3";
import { memorySmtpBackend, type SendMailOptions, sendMail, smtpServer } from "@hawser/mail/smtp";
import { type HawserProcess, runHawser, startHawser } from "./testing/hawser-process.ts";
import { type TestSite, testSite } from "./testing/site.ts";

const here = "tcp:0:interface=127.0.0.1";
const users = "memory:alice@example.org:wonderland:bob@example.org:builder";
const alice = { user: "alice@example.org", password: "wonderland" };
const bob = { user: "bob@example.org", password: "builder" };

/** `tcp:127.0.0.1:PORT` of what is spoken there. */
function at({ urls }: HawserProcess, protocol: string): string {
  const url = urls.find((one) => one.startsWith(`${protocol}://`)) ?? assert.fail(`there is no ${protocol}`);
  return `${protocol.endsWith("s") && protocol !== "pops" ? "tls" : "tcp"}:${new URL(url).host}`;
}

/** The subjects in somebody's INBOX. */
async function inbox(server: HawserProcess, login: typeof alice): Promise<readonly string[]> {
  await using mail = await connectImap(at(server, "imap"), { login, startTls: "never" });
  await using folder = await mail.select("INBOX");
  const subjects: string[] = [];
  if (folder.exists > 0)
    for await (const { envelope } of folder.fetch("1:*", ["envelope"])) subjects.push(envelope.subject ?? "");
  return subjects;
}

function send(server: HawserProcess, subject: string, to: string, options: Partial<SendMailOptions> = {}) {
  const from = options.login === undefined ? "carol@elsewhere.example" : "alice@example.org";
  const via = at(server, options.login === undefined ? "smtp" : "submission");
  return sendMail({ from, to, subject, text: "Hello" }, { via, startTls: "never", ...options });
}

async function serialNumber(server: HawserProcess): Promise<string> {
  const { port } = new URL(server.urls.find((url) => url.startsWith("pop3s:"))!);
  const socket = connect({ host: "127.0.0.1", port: Number(port), rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { serialNumber: number } = socket.getPeerCertificate();
  socket.destroy();
  return number;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await isSo())) assert.ok(performance.now() < end, "it has not come about");
}

async function newCertificate(site: TestSite): Promise<void> {
  const { certificate, key } = selfSignedCertificate({ names: ["mail.example.org", "127.0.0.1"] });
  await writeFile(site.path("mail.pem"), certificate + key);
}

describe("hawser mail", () => {
  test("takes mail for its users, hands it out, sends theirs on, and reads its files again on SIGHUP", async () => {
    await using site = await testSite({ aliases: "team: alice, bob\n" });
    await newCertificate(site);
    const elsewhere = memorySmtpBackend();
    await using relay = await listen(here, smtpServer(elsewhere));
    const { port } = relay.address as { readonly port: number };
    const words = [
      ...["mail", "--domain", "example.org=mail", "--auth", users, "--aliases", "aliases"],
      ...["--catch-all", "bob@example.org", "--tls-cert", "mail.pem", "--relay", `tcp:127.0.0.1:${port}`],
      ...["--smtp", here, "--submission", here, "--imap", here, "--pop3", "tls:0:interface=127.0.0.1"],
      ...["--no-sender-checks", "--log", "mail.log"],
    ];
    await using server = await startHawser(words, 4, { directory: site.folder });

    await send(server, "to bob", "bob@example.org", { login: alice });
    await send(server, "to all", "Team@Example.ORG");
    await send(server, "to a folder", "alice+lists@example.org");
    await send(server, "to nobody", "nobody@example.org");
    await assert.rejects(send(server, "by a relay", "dave@elsewhere.example"), /5\.7\.1/);
    const ca = await readFile(site.path("mail.pem"));
    await assert.rejects(
      send(server, "forged", "bob@example.org", { via: at(server, "submission"), login: bob }),
      /alice@example\.org|553|550/,
    );
    await until(async () => (await inbox(server, bob)).length === 3 && (await inbox(server, alice)).length === 2);
    assert.deepEqual((await inbox(server, alice)).toSorted(), ["to a folder", "to all"]);
    assert.deepEqual((await inbox(server, bob)).toSorted(), ["to all", "to bob", "to nobody"]);
    {
      await using pop3 = await connectPop3(at(server, "pop3s"), { login: bob, tls: { ca: [ca] } });
      assert.equal((await pop3.list()).length, 3);
    }

    const sent = elsewhere.nextMessage();
    await send(server, "to dave", "dave@elsewhere.example", { login: alice });
    const { envelope, content } = await sent;
    assert.deepEqual([envelope.from?.address, envelope.to[0]?.address], [alice.user, "dave@elsewhere.example"]);
    assert.match(Buffer.from(content).toString(), /^Subject: to dave\r$/m);

    const before = await serialNumber(server);
    await writeFile(site.path("aliases"), "team: alice\nnew: alice\n");
    await newCertificate(site);
    process.kill(server.pid, "SIGHUP");
    await until(async () => (await serialNumber(server)) !== before);
    await send(server, "to new", "new@example.org");
    assert.equal((await inbox(server, alice)).at(-1), "to new");
    assert.equal(server.errors, "");
    assert.equal(await server.stop(), 0);
    const log = await readFile(site.path("mail.log"), "utf8");
    assert.match(log, / taken <alice@example\.org> <bob@example\.org> \d+ octets from \S+ as alice@example\.org\n/);
    assert.match(log, / refused <dave@elsewhere\.example> from \S+ 550 5\.7\.1 /);
  });

  test("is data in a configuration, which quickstart writes and check reads", async () => {
    await using site = await testSite({});
    const hawser = (words: readonly string[], directory = site.folder) => runHawser(words, { directory });
    const made = await hawser(["mail", "quickstart", "alice@example.org", "--try-out"]);
    assert.equal(made.status, 0, made.errors);
    const password = /password (\S+) /.exec(made.output)![1]!;
    const directory = site.path("example.org");
    const checked = await hawser(["check"], directory);
    assert.equal(checked.status, 0, checked.errors);
    assert.match(checked.output, /^tcp:127\.0\.0\.1:1143 +mail/m);

    const config = site.path("example.org/hawser.config.ts");
    const text = await readFile(config, "utf8");
    const endpoints = ["smtp", "submission", "imap"].map((name) => `${name}: ["${here}"],`).join(" ");
    await writeFile(config, text.replace("mail({", `mail({ ${endpoints}`));
    await using server = await startHawser(["up"], 3, { directory });
    const login = { user: "alice@example.org", password };
    await send(server, "to myself", "postmaster@example.org", { login });
    await assert.rejects(send(server, "elsewhere", "dave@elsewhere.example", { login }), /5\.7\.1/);
    assert.deepEqual(await inbox(server, login), ["to myself"]);
    assert.equal(await server.stop(), 0);
  });

  test("says which command is not below it", async () => {
    const { status, errors } = await runHawser(["mail", "lokal"]);
    assert.equal(status, 2);
    assert.match(errors, /^hawser: hawser mail has no command "lokal", did you mean "local"\?/);
  });
});
