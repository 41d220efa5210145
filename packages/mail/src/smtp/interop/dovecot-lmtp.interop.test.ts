import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { connectSmtp } from "../client.ts";
import { file, listening, ServerProgram, temporaryFolder } from "../testing/programs.test.kit.ts";

/** A whole Dovecot for LMTP alone, with a mailbox for alice and for bob. */
async function dovecot(context: TestContext): Promise<{ readonly port: number; readonly home: string } | undefined> {
  if (!existsSync("/usr/lib/dovecot/lmtp") || process.getuid?.() !== 0) {
    context.skip("dovecot-lmtpd is not installed, or may not be started: that is for root");
    return undefined;
  }
  const home = temporaryFolder(context);
  const port = await freePort();
  mkdirSync(join(home, "mail"));
  const config = `
protocols = lmtp
base_dir = ${home}/run
state_dir = ${home}/state
log_path = /dev/stderr
ssl = no
mail_location = maildir:${home}/mail/%n
mail_uid = 65534
mail_gid = 65534
first_valid_uid = 1
recipient_delimiter = +
lmtp_save_to_detail_mailbox = yes
protocol lmtp {
  lda_mailbox_autocreate = yes
}
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = passwd-file
  args = ${file(home, "users", "alice@example.org:::::::\nbob@example.org:::::::\n")}
}
service lmtp {
  unix_listener lmtp {
    mode = 0
  }
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${port}
  }
}
`;
  execFileSync("chown", ["-R", "65534:65534", join(home, "mail")]);
  execFileSync("chmod", ["755", home]);
  const server = new ServerProgram(context, "dovecot", ["-F", "-c", file(home, "dovecot.conf", config)], "SIGTERM");
  await listening(port).catch((cause: unknown) => {
    throw new Error(server.output, { cause });
  });
  return { port, home };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

test("Dovecot's LMTP server answers our client for each recipient, and has what it took", async (context) => {
  const server = await dovecot(context);
  if (server === undefined) return;
  await using client = await connectSmtp(`tcp:127.0.0.1:${server.port}`, { kind: "lmtp" });
  assert.ok(client.extensions.has("PIPELINING"));
  const content = "Subject: Hi\r\n\r\n.\r\n..\r\nHello\r\n";
  const { accepted, rejected } = await client.send({
    from: "zoe@example.net",
    to: ["alice@example.org", "nobody@example.org", "bob+work@example.org"],
    content,
  });
  assert.deepEqual(
    accepted.map(({ address, reply }) => [address, reply.code]),
    [
      ["alice@example.org", 250],
      ["bob+work@example.org", 250],
    ],
  );
  assert.deepEqual(
    rejected.map(({ address, reply }) => [address, reply.code]),
    [["nobody@example.org", 550]],
  );
  for (const folder of ["alice/new", "bob/.work/new"]) {
    const [name] = readdirSync(join(server.home, "mail", folder));
    const text = readFileSync(join(server.home, "mail", folder, name!), "latin1");
    assert.match(text, /^Return-Path: <zoe@example\.net>\r?$/m);
    assert.ok(text.replaceAll("\r\n", "\n").endsWith("\n\n.\n..\nHello\n"), text);
  }
});
