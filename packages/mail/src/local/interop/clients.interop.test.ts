import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { selfSignedCertificate } from "@hawser/core/testing";
import { ImapFlow } from "imapflow";
import { createTransport } from "nodemailer";
import { file, needs, run, temporaryFolder } from "../../smtp/testing/programs.test.kit.ts";
import { mailLocal } from "../local.ts";
import type { MailLocal } from "../mail-local.ts";
import type { MailLocalMessage } from "../message.ts";
import type { MailLocalOptions } from "../options.ts";

async function serve(context: TestContext, options: MailLocalOptions = {}): Promise<MailLocal> {
  const mail = await mailLocal(options);
  context.after(() => mail.stop({ graceMs: 0 }));
  return mail;
}

const portOf = (url: string) => new URL(url.replace(/^\w+/, "http")).port;

/**
 * What others write well is not complained of, and what they really break is. A machine's own name may be no good one, which is
 * not their fault.
 */
function assertBreaks({ complaints }: MailLocalMessage, ...expected: readonly string[]): void {
  const serious = complaints.filter(({ level, code }) => level !== "advice" && code !== "hello-name");
  const codes = [...new Set(serious.map(({ code }) => code))];
  assert.deepEqual(codes.sort(), [...expected].sort(), JSON.stringify(serious, null, 1));
}

const text = "Grüße,\n.dots\nand a long line ".padEnd(600, "x y ");

test("nodemailer: a login, every kind of part, and names beyond US-ASCII, without a complaint", async (context) => {
  const mail = await serve(context);
  const transport = createTransport({ url: mail.smtpUrl, auth: { user: "any", pass: "thing" } } as object);
  context.after(() => transport.close());
  await transport.sendMail({
    from: '"Müller, Ann" <ann@example.org>',
    to: ["Bob <bob@example.net>", "团队 <team@example.net>"],
    cc: "carol@example.com",
    bcc: "dave@example.com",
    replyTo: "help@example.org",
    subject: "Grüße aus dem Hafen: ein langer Betreff, der gefaltet werden muss, mit 🚢 und allem",
    text,
    html: '<p>Grüße <a href="https://example.org/?a=1&amp;b=2">hier</a> <img src="cid:logo@example.org">',
    attachments: [
      { filename: "logo.png", content: Buffer.from("89504e47", "hex"), cid: "logo@example.org" },
      { filename: "Übersicht 2026.pdf", content: Buffer.alloc(5_000, 7) },
      { filename: "notes.txt", content: "plain" },
    ],
  });
  const message = await mail.waitForMessage({ to: "carol" });
  assertBreaks(message);
  assert.equal(message.envelope?.user, "any");
  assert.deepEqual(message.bcc, ["dave@example.com"]);
  assert.deepEqual(
    message.attachments.map(({ filename, octets, isInline }) => [filename, octets, isInline]),
    [
      ["logo.png", 4, true],
      ["Übersicht 2026.pdf", 5_000, false],
      ["notes.txt", 5, false],
    ],
  );
  assert.equal(message.from[0]?.name, "Müller, Ann");
  assert.deepEqual(message.links, ["https://example.org/?a=1&b=2"]);
  assert.equal(message.text, text);
});

const python = String.raw`
import smtplib, ssl, sys
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.header import Header
port, how = int(sys.argv[1]), sys.argv[2]
if how == "new":
    message = EmailMessage()
    message["From"] = "Ann Müller <ann@example.org>"
    message["To"] = "bob@example.net, Carol <carol@example.net>"
    message["Subject"] = "Grüße aus dem Hafen, und noch viel mehr Wörter, damit es lang genug wird"
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = make_msgid(domain="example.org")
    message.set_content("Grüße\n.\nEnde " + "x" * 300 + "\n")
    message.add_alternative("<p>Grüße</p>", subtype="html")
    message.add_attachment(bytes(range(256)) * 20, maintype="application", subtype="pdf", filename="Übersicht.pdf")
else:
    message = MIMEMultipart("alternative")
    message["From"] = "ann@example.org"
    message["To"] = "bob@example.net"
    message["Subject"] = Header("Grüße aus dem Hafen, und noch viel mehr Wörter, damit es lang genug wird", "utf-8")
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid()
    message.attach(MIMEText("Grüße", "plain", "utf-8"))
    message.attach(MIMEText("<p>Grüße", "html", "iso-8859-1"))
with smtplib.SMTP("127.0.0.1", port) as smtp:
    smtp.starttls(context=ssl._create_unverified_context())
    smtp.login("any", "thing")
    smtp.send_message(message, from_addr="ann@example.org", to_addrs=["bob@example.net"])
`;

/** Its lines of quoted-printable have up to 78 characters, it never says BODY=8BITMIME, and folds encoded words at 78. */
const pythonBreaks = { new: ["quoted-printable-long", "eight-bit-undeclared"], old: ["encoded-word-long"] } as const;

for (const how of ["new", "old"] as const)
  test(`Python's smtplib and email, the ${how} way: STARTTLS and a login`, async (context) => {
    if (!needs(context, "python3")) return;
    const certificate = selfSignedCertificate();
    const mail = await serve(context, { tls: { keyPair: () => certificate } });
    const { status, output } = await run("python3", ["-c", python, portOf(mail.smtpUrl), how]);
    assert.equal(status, 0, output);
    const message = await mail.waitForMessage({ to: "bob@example.net" });
    assertBreaks(message, ...pythonBreaks[how]);
    assert.match(message.subject, /^Grüße aus dem Hafen, .* wird$/);
    assert.match(message.envelope!.security, /^TLSv1/);
    assert.equal(message.envelope?.user, "any");
  });

test("s-nail, which says HELO where it has no login", async (context) => {
  if (!needs(context, "s-nail")) return;
  const mail = await serve(context);
  const settings = [
    "v15-compat",
    `mta=${mail.smtpUrl}`,
    "from=ann@example.org",
    "smtp-hostname=client.example.org",
    "hostname=client.example.org",
    "smtp-auth=none",
    "ttycharset=utf-8",
  ];
  const words = [
    "-n",
    ...settings.flatMap((setting) => ["-S", setting]),
    "-a",
    "/etc/hostname",
    "-s",
    "Grüße aus dem Hafen",
    "bob@example.net",
  ];
  const { status, output } = await run("s-nail", words, text);
  assert.equal(status, 0, output);
  const message = await mail.waitForMessage({ subject: "Grüße aus dem Hafen" });
  assertBreaks(message, "hello-old");
  assert.deepEqual(
    message.attachments.map(({ filename }) => filename),
    ["hostname"],
  );
});

test("mutt, without a complaint", async (context) => {
  if (!needs(context, "mutt")) return;
  const mail = await serve(context);
  const folder = temporaryFolder(context);
  const settings = file(
    folder,
    "muttrc",
    `set smtp_url=${mail.smtpUrl}\nset from="Ann <ann@example.org>"\nset hostname=client.example.org\nset charset=utf-8\nset ssl_force_tls=no\nset copy=no\nset folder=${folder}\nset record=\n`,
  );
  const { status, output } = await run(
    "mutt",
    ["-n", "-F", settings, "-s", "Grüße aus dem Hafen", "-a", "/etc/hostname", "--", "bob@example.net"],
    text,
  );
  assert.equal(status, 0, output);
  const message = await mail.waitForMessage({ subject: "Grüße aus dem Hafen" });
  assertBreaks(message);
  assert.match(message.text, /^Grüße,\n\.dots\n/);
});

test("swaks, without a complaint", async (context) => {
  if (!needs(context, "swaks")) return;
  const mail = await serve(context);
  const words = [
    "--server",
    "127.0.0.1",
    "--port",
    portOf(mail.smtpUrl),
    "--from",
    "ann@example.org",
    "--to",
    "bob@example.net",
    "--ehlo",
    "client.example.org",
  ];
  const { status, output } = await run("swaks", words);
  assert.equal(status, 0, output);
  const message = await mail.waitForMessage({ to: "bob" });
  assertBreaks(message);
});

test("nodemailer over TLS from the first octet", async (context) => {
  const certificate = selfSignedCertificate();
  const mail = await serve(context, { smtp: "tls:0:interface=127.0.0.1", tls: { keyPair: () => certificate } });
  assert.match(mail.smtpUrl, /^smtps:/);
  const transport = createTransport({ url: mail.smtpUrl, tls: { rejectUnauthorized: false } } as object);
  context.after(() => transport.close());
  await transport.sendMail({ from: "ann@example.org", to: "bob@example.net", subject: "Secret", text: "Hello" });
  const { envelope } = await mail.waitForMessage({ subject: "Secret" });
  assert.match(envelope!.security, /^TLSv1/);
});

const reading = String.raw`
import imaplib, poplib, sys
pop = poplib.POP3("127.0.0.1", int(sys.argv[1]))
pop.user("bob@example.net"); pop.pass_("anything")
print("POP3", len(pop.list()[1]), b"\n".join(pop.retr(1)[1]).split(b"\n\n")[1].decode())
pop.quit()
imap = imaplib.IMAP4("127.0.0.1", int(sys.argv[2]))
imap.login("everybody", "anything")
print("IMAP", imap.select("INBOX")[1][0].decode(), imap.search(None, "TO", "carol")[1][0].decode())
imap.logout()
`;

test("Python's poplib and imaplib, and imapflow, read what is there", async (context) => {
  const mail = await serve(context);
  const transport = createTransport(mail.smtpUrl);
  context.after(() => transport.close());
  for (const to of ["bob@example.net", "carol@example.net"])
    await transport.sendMail({ from: "ann@example.org", to, subject: to, text: `To ${to}` });
  if (needs(context, "python3")) {
    const { output } = await run("python3", ["-c", reading, portOf(mail.pop3Url), portOf(mail.imapUrl)]);
    assert.equal(output, "POP3 1 To bob@example.net\nIMAP 2 2\n");
  }
  const client = new ImapFlow({
    host: "127.0.0.1",
    port: Number(portOf(mail.imapUrl)),
    secure: false,
    auth: { user: "carol@example.net", pass: "x" },
    logger: false,
  });
  await client.connect();
  const lock = await client.getMailboxLock("INBOX");
  const subjects: (string | undefined)[] = [];
  for await (const one of client.fetch("1:*", { envelope: true })) subjects.push(one.envelope?.subject);
  lock.release();
  await client.logout();
  assert.deepEqual(subjects, ["carol@example.net"]);
});

test("curl waits for a message over the API, and sends one", async (context) => {
  if (!needs(context, "curl")) return;
  const mail = await serve(context);
  const waiting = run("curl", ["-sSf", `${mail.webUrl}api/v1/messages/wait?to=bob&timeoutMs=20000`]);
  const content =
    "From: ann@example.org\r\nTo: bob@example.net\r\nSubject: From curl\r\nDate: Thu, 1 Jan 2026 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nHello\r\n";
  const sent = await run(
    "curl",
    ["-sS", "--url", mail.smtpUrl, "--mail-from", "ann@example.org", "--mail-rcpt", "bob@example.net", "-T", "-"],
    content,
  );
  assert.equal(sent.status, 0, sent.output);
  const { output } = await waiting;
  assert.equal(JSON.parse(output).subject, "From curl");
  const gone = await run("curl", ["-sSf", "-X", "DELETE", `${mail.webUrl}api/v1/messages`]);
  assert.equal(gone.output, '{"removed":1}');
});
