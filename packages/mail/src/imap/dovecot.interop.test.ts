import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { connectImap } from "./client/connect.ts";
import { temporaryFolder } from "./testing/programs.test.kit.ts";
import { hello, mixed } from "./testing/served.test.kit.ts";

/** Dovecot's `imap`, as its own process for each connection, without logins: it speaks on its standard input and output. */
async function dovecot(context: TestContext): Promise<string | undefined> {
  if (!existsSync("/usr/lib/dovecot/imap")) {
    context.skip("dovecot-imapd is not installed");
    return undefined;
  }
  const home = temporaryFolder(context);
  mkdirSync(join(home, "Maildir"));
  const config = [
    "mail_location = maildir:~/Maildir",
    `base_dir = ${home}/run`,
    `state_dir = ${home}/state`,
    "log_path = /dev/stderr",
    "ssl = no",
    "namespace inbox {",
    "  inbox = yes",
    "  separator = /",
    "}",
  ];
  writeFileSync(join(home, "conf"), `${config.join("\n")}\n`);
  const script = join(home, "imap");
  // It does not run as root.
  const isRoot = process.getuid?.() === 0;
  const as = isRoot ? "setpriv --reuid 65534 --regid 65534 --clear-groups " : "";
  if (isRoot) execFileSync("chown", ["-R", "65534:65534", home]);
  // It takes a socket on its input for inetd's, and leaves: pipes stand between.
  writeFileSync(
    script,
    `#!/bin/sh\ncat | HOME=${home} USER=nobody ${as}/usr/lib/dovecot/imap -c ${home}/conf 2>>${home}/log | cat\n`,
  );
  chmodSync(script, 0o700);
  return `exec:${script}`;
}

test("Dovecot's server and our client", async (t) => {
  const endpoint = await dovecot(t);
  if (endpoint === undefined) return;
  await using mail = await connectImap(endpoint, { reactor: nodeReactor, enable: ["QRESYNC"] });
  assert.ok(mail.capabilities.has("THREAD=REFERENCES"));
  for (const { lines } of [hello, mixed])
    await mail.append("INBOX", { content: Buffer.from(lines.join("\r\n")), receivedAt: 837_571_465_000 });
  await using inbox = await mail.select("INBOX");
  assert.equal(inbox.exists, 2);
  const told: unknown[] = [];
  for await (const message of inbox.fetch("1:*", [
    "envelope",
    "structure",
    "receivedAt",
    "octets",
    "modSeq",
    { section: "1", decoded: true },
  ]))
    told.push([
      message.envelope.subject,
      message.structure.type,
      message.structure.parts.map(({ number, type }) => `${number} ${type}`),
      message.receivedAt,
      message.octets,
      Buffer.from(message.sections.get("1")!).toString(),
    ]);
  const size = (lines: readonly string[]) => Buffer.byteLength(lines.join("\r\n"));
  assert.deepEqual(told, [
    ["IMAP4rev2 WG mtg summary and minutes", "text/plain", [], 837_571_465_000, size(hello.lines), "Hello, world\r\n"],
    [
      "Café",
      "multipart/mixed",
      ["1 text/plain", "2 application/octet-stream", "3 message/rfc822"],
      837_571_465_000,
      size(mixed.lines),
      "Grüße",
    ],
  ]);
  assert.deepEqual(await inbox.search({ subject: "café" }), [2]);
  assert.deepEqual(await inbox.sort(["REVERSE SIZE"]), [2, 1]);
  await mail.create("Entwürfe");
  assert.ok(
    (await mail.list("*", { status: ["MESSAGES"] })).some(
      ({ name, status }) => name === "Entwürfe" && status?.get("MESSAGES") === 0,
    ),
  );
  assert.equal((await inbox.copy([1, 2], "Entwürfe"))?.to.toString(), "1:2");
  assert.equal((await inbox.move(2, "Entwürfe"))?.to.toString(), "3");
  await inbox.store(1, { operation: "add", flags: ["\\Deleted", "$Work"] });
  const events: string[] = [];
  inbox.onChange(({ type }) => events.push(type));
  await inbox.expunge([1]);
  assert.deepEqual([inbox.exists, events], [0, ["vanished"]]);
  const stop = new AbortController();
  const heard = (async () => {
    for await (const { type } of inbox.changes({ signal: stop.signal })) if (type === "exists") return type;
    return undefined;
  })();
  await using other = await connectImap(endpoint, { reactor: nodeReactor });
  await other.append("INBOX", { content: Buffer.from("Subject: new\r\n\r\nx\r\n") });
  assert.equal(await heard, "exists");
  stop.abort();
  assert.equal(inbox.exists, 1);
});
