import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { memoryUsers, portal } from "@hawser/auth";
import { type IpAddress, listen } from "@hawser/core";
import { type CertificateText, selfSignedCertificate } from "@hawser/core/testing";
import { memorySmtpBackend, type SmtpMemoryBackend } from "../memory.ts";
import { localDomains } from "../relaying.ts";
import { sendMail } from "../send-mail.ts";
import { lmtpServer, type SmtpServerOptions, smtpServer } from "../server.ts";
import { file, needs, needsPython, run, temporaryFolder } from "../testing/programs.test.kit.ts";

interface Served {
  readonly backend: SmtpMemoryBackend;
  readonly certificate: CertificateText;
  readonly port: number;
}

/** Our server with one user, alice, and everything on. */
async function serve(
  context: TestContext,
  options: SmtpServerOptions = {},
  kind: "lmtp" | "smtp" | "tls" | "proxy" = "smtp",
): Promise<Served> {
  const backend = memorySmtpBackend({ recipient: localDomains(["example.org"]) });
  const certificate = selfSignedCertificate();
  const keyPair = () => certificate;
  const all = {
    name: "mx.example.org",
    portal: portal({ checkers: [memoryUsers({ alice: "wonderland" })], throttle: false }),
    sasl: { mechanisms: ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5"] },
    tls: { keyPair },
    ...options,
  };
  const factory =
    kind === "lmtp" ? lmtpServer({ ...backend, message: backend.message }, all) : smtpServer(backend, all);
  const endpoint =
    { tls: "tls:0:interface=127.0.0.1", proxy: "proxy:tcp:0:interface=127.0.0.1" }[kind as string] ??
    "tcp:0:interface=127.0.0.1";
  const listener = await listen(endpoint, factory, { keyPair });
  context.after(() => listener.stop({ graceMs: 0 }));
  return { backend, certificate, port: (listener.address as IpAddress).port };
}

function only(backend: SmtpMemoryBackend): {
  readonly text: string;
  readonly user: string | undefined;
  readonly to: readonly string[];
} {
  assert.equal(backend.messages.length, 1);
  const { content, user, envelope } = backend.messages[0]!;
  return { text: Buffer.from(content).toString(), user, to: envelope.to.map(({ address }) => address) };
}

describe("swaks", () => {
  const words = (port: number, ...more: string[]) => [
    "--server",
    `127.0.0.1:${port}`,
    "--from",
    "a@example.com",
    "--to",
    "bob@example.org",
    ...more,
  ];

  test("sends in clear, refused and accepted recipients", async (context) => {
    if (!needs(context, "swaks")) return;
    const { backend, port } = await serve(context);
    const { status, output } = await run("swaks", words(port, "--to", "bob@example.org,x@far.example"));
    assert.equal(status, 0, output);
    assert.match(output, /550 5\.7\.1 Mail is not sent on/);
    assert.deepEqual(only(backend).to, ["bob@example.org"]);
  });

  for (const mechanism of ["PLAIN", "LOGIN", "CRAM-MD5"])
    test(`STARTTLS and AUTH ${mechanism}`, async (context) => {
      if (!needs(context, "swaks")) return;
      const { backend, port } = await serve(context);
      const auth = ["--tls", "--auth", mechanism, "--auth-user", "alice", "--auth-password", "wonderland"];
      const { status, output } = await run("swaks", words(port, ...auth, "--to", "x@far.example"));
      assert.equal(status, 0, output);
      assert.match(only(backend).text, /with ESMTPSA id/);
      const wrong = await run("swaks", words(port, ...auth.slice(0, -1), "wrong"));
      assert.equal(wrong.status, 28, wrong.output);
    });

  test("TLS from the first octet, pipelined", async (context) => {
    if (!needs(context, "swaks")) return;
    const { backend, port } = await serve(context, {}, "tls");
    const { status, output } = await run("swaks", words(port, "--tlsc", "--pipeline"));
    assert.equal(status, 0, output);
    assert.match(only(backend).text, /with ESMTPS id/);
  });

  test("LMTP", async (context) => {
    if (!needs(context, "swaks")) return;
    const { backend, port } = await serve(context, {}, "lmtp");
    const { status, output } = await run("swaks", words(port, "--protocol", "LMTP"));
    assert.equal(status, 0, output);
    assert.match(only(backend).text, /with LMTP id/);
  });

  test("XCLIENT and the PROXY protocol tell who is behind them", async (context) => {
    if (!needs(context, "swaks")) return;
    const told = await serve(context, { xclientFrom: ["127.0.0.1"] });
    const xclient = await run(
      "swaks",
      words(told.port, "--xclient-addr", "203.0.113.9", "--xclient-name", "client.example"),
    );
    assert.equal(xclient.status, 0, xclient.output);
    assert.match(only(told.backend).text, /\(client\.example \[203\.0\.113\.9\]\)/);
    const behind = await serve(context, {}, "proxy");
    const proxy = [
      "--proxy-version",
      "1",
      "--proxy-family",
      "TCP4",
      "--proxy-source",
      "203.0.113.9",
      "--proxy-source-port",
      "4000",
      "--proxy-dest",
      "203.0.113.1",
      "--proxy-dest-port",
      "25",
    ];
    const proxied = await run("swaks", words(behind.port, ...proxy));
    assert.equal(proxied.status, 0, proxied.output);
    assert.match(only(behind.backend).text, /\(\[203\.0\.113\.9\]\)/);
  });
});

describe("other clients", () => {
  test("smtp-source sends many messages over connections that are kept, and by LMTP", async (context) => {
    if (!needs(context, "smtp-source")) return;
    for (const [kind, more] of [
      ["smtp", []],
      ["lmtp", ["-L"]],
    ] as const) {
      const { backend, port } = await serve(context, {}, kind);
      const words = [
        ...more,
        "-d",
        "-s",
        "4",
        "-m",
        "100",
        "-l",
        "4096",
        "-r",
        "3",
        "-f",
        "a@example.com",
        "-t",
        "bob@example.org",
      ];
      const { status, output } = await run("smtp-source", [...words, `inet:127.0.0.1:${port}`]);
      assert.equal(status, 0, output);
      assert.equal(backend.messages.length, 100);
      assert.ok(backend.messages.every(({ content, envelope }) => content.length > 4_096 && envelope.to.length === 3));
    }
  });

  for (const auth of ["scram-sha-256", "plain", "login", "scram-sha-1"])
    test(`msmtp over STARTTLS with ${auth}`, async (context) => {
      if (!needs(context, "msmtp")) return;
      const { backend, certificate, port } = await serve(context);
      const trust = file(temporaryFolder(context), "ca.pem", certificate.certificate);
      const words = [
        "--host=localhost",
        `--port=${port}`,
        "--tls=on",
        `--tls-trust-file=${trust}`,
        `--auth=${auth}`,
        "--user=alice",
        "--passwordeval=echo wonderland",
        "--from=alice@example.org",
        "--source-ip=127.0.0.1",
        "x@far.example",
      ];
      const { status, output } = await run("msmtp", words, "Subject: Hi\n\n.\nfrom msmtp\n");
      assert.equal(status, 0, output);
      assert.match(only(backend).text, /\r\nSubject: Hi\r\n(.*\r\n)*\r\n\.\r\nfrom msmtp\r\n$/);
      assert.equal(only(backend).user, "alice");
    });

  test("s-nail", async (context) => {
    if (!needs(context, "s-nail")) return;
    const { backend, port } = await serve(context);
    const words = [
      "-:/",
      "-Sv15-compat",
      `-Smta=smtp://127.0.0.1:${port}`,
      "-Ssmtp-config=-all,ehlo",
      "-Sfrom=a@example.com",
      "-Shostname=client.example",
      "-Ssendwait",
      "-Ssmtp-auth=none",
      "-Snosave",
      "-sHi",
      "bob@example.org",
    ];
    const { status, output } = await run("s-nail", words, "from s-nail\n");
    assert.equal(status, 0, output);
    assert.match(only(backend).text, /Subject: Hi[\s\S]*from s-nail\r\n$/);
  });

  test("curl, with TLS and a login", async (context) => {
    if (!needs(context, "curl")) return;
    const { backend, certificate, port } = await serve(context);
    const folder = temporaryFolder(context);
    const trust = file(folder, "ca.pem", certificate.certificate);
    const message = file(folder, "message", "Subject: Hi\r\n\r\n.\r\nfrom curl\r\n");
    const words = [
      "-sS",
      "--ssl-reqd",
      "--cacert",
      trust,
      "-u",
      "alice:wonderland",
      "--mail-from",
      "a@example.org",
      "--mail-rcpt",
      "x@far.example",
      "-T",
      message,
      `smtp://localhost:${port}`,
    ];
    const { status, output } = await run("curl", words);
    assert.equal(status, 0, output);
    assert.match(only(backend).text, /with ESMTPSA id[\s\S]*\r\n\r\n\.\r\nfrom curl\r\n$/);
  });

  test("Python's smtplib, with UTF-8 addresses, TLS and a login", async (context) => {
    if (!needs(context, "/usr/bin/python3")) return;
    const { backend, port } = await serve(context);
    const script = `
import smtplib, ssl, email.message
context = ssl._create_unverified_context()
with smtplib.SMTP("127.0.0.1", ${port}) as client:
    client.starttls(context=context)
    client.login("alice", "wonderland")
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = "zoë@example.org", "bob@example.org", "Grüße"
    message.set_content(".\\nfrom smtplib\\n")
    client.send_message(message)
    assert client.verify("bob")[0] == 252
    assert client.noop()[0] == 250
    try:
        client.sendmail("a@example.org", ["x@[1.2.3]"], "")
        raise SystemExit("accepted")
    except smtplib.SMTPRecipientsRefused as error:
        assert error.recipients["x@[1.2.3]"][0] == 501, error.recipients
`;
    const { status, output } = await run("/usr/bin/python3", ["-c", script]);
    assert.equal(status, 0, output);
    assert.match(only(backend).text, /with UTF8SMTPSA id[\s\S]*\r\n\r\n\.\r\nfrom smtplib\r\n$/);
  });

  test("Twisted's client", async (context) => {
    if (!needsPython(context, "twisted")) return;
    const { backend, port } = await serve(context, { tls: undefined }); // it would want to verify the certificate
    const script = `
from twisted.internet import reactor, defer
from twisted.mail.smtp import sendmail
def done(result):
    print(result)
    reactor.stop()
sendmail("127.0.0.1", "a@example.com", ["bob@example.org"], b"Subject: Hi\\n\\n.\\nfrom Twisted\\n", port=${port}).addBoth(done)
reactor.run()
`;
    const { status, output } = await run("/usr/bin/python3", ["-c", script]);
    assert.match(output, /\(1, \[/);
    assert.equal(status, 0, output);
    assert.match(only(backend).text, /\r\n\r\n\.\r\nfrom Twisted\r\n$/);
  });
});

test("our own client does not trust a certificate that nobody vouches for, and says so", async (context) => {
  const { port } = await serve(context);
  const via = `tcp:localhost:${port}`;
  const message = { from: "", to: "bob@example.org", content: "" };
  await assert.rejects(sendMail(message, { via, startTls: "required" }), { code: "bad-certificate" });
  await sendMail(message, { via }); // opportunistic: better than in clear
});

/** In a process of its own, as every other program here. */
const nodemailer = `
const { createTransport } = await import(process.argv[1]);
const { options, message, count } = JSON.parse(process.argv[2]);
const transport = createTransport(options);
for (let i = 0; i < count; i++) await transport.sendMail(message);
transport.close();
process.exit(0);
`;

describe("nodemailer", () => {
  async function send(options: object, count: number): Promise<void> {
    const message = {
      from: "alice@example.org",
      to: ["bob@example.org", "zoë@example.org"],
      subject: "Grüße",
      text: "from nodemailer\n.\n",
      dsn: { id: "some id", return: "headers", notify: ["failure", "delay"], recipient: "a@example.org" },
    };
    const job = JSON.stringify({ options, message, count });
    const words = ["--input-type=module", "-e", nodemailer, import.meta.resolve("nodemailer"), job];
    await promisify(execFile)(process.execPath, words, { timeout: 60_000 });
  }

  test("over STARTTLS with a login, several messages on a connection, with reports asked for", async (context) => {
    const { backend, certificate, port } = await serve(context);
    const tls = { ca: certificate.certificate };
    const auth = { user: "alice", pass: "wonderland" };
    await send({ host: "localhost", port, requireTLS: true, pool: true, tls, auth }, 5);
    assert.equal(backend.messages.length, 5);
    const { envelope, user } = backend.messages[4]!;
    assert.equal(user, "alice");
    assert.equal(envelope.parameters.ret, "HDRS");
    assert.equal(envelope.parameters.utf8, true);
    assert.deepEqual(envelope.to[0]!.parameters.notify, ["FAILURE", "DELAY"]);
  });

  test("over LMTP", async (context) => {
    const { backend, port } = await serve(context, {}, "lmtp");
    await send({ host: "127.0.0.1", port, lmtp: true, ignoreTLS: true }, 2);
    assert.equal(backend.messages.length, 2);
  });
});

test("mutt sends by itself, over TLS", async (context) => {
  if (!needs(context, "mutt")) return;
  const { backend, port, certificate } = await serve(context);
  const folder = temporaryFolder(context);
  const settings = [
    `set smtp_url = "smtp://localhost:${port}/"`,
    'set from = "zoe@example.net"',
    "set copy = no",
    "set ssl_starttls = yes",
    `set ssl_ca_certificates_file = "${file(folder, "ca.pem", certificate.certificate)}"`,
    `set folder = "${folder}"`,
  ];
  const rc = file(folder, "muttrc", `${settings.join("\n")}\n`);
  const attached = file(folder, "notes.txt", "Notes\n");
  const { status, output } = await run(
    "mutt",
    ["-F", rc, "-s", "Grüße", "-a", attached, "--", "alice@example.org"],
    "Hello\n.\n",
  );
  assert.equal(status, 0, output);
  const { text, to } = only(backend);
  assert.deepEqual(to, ["alice@example.org"]);
  assert.match(text, /^Subject: =\?[^?]+\?[BQ]\?\S+\?=\r$/m);
  assert.match(text, /\r\nHello\r\n\.\r\n/);
  assert.match(text, /filename="?notes\.txt/);
});
