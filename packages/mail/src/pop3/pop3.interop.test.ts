import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { connect, type Listener, listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { selfSignedCertificate } from "@hawser/core/testing";
import { connectPop3 } from "./connect.ts";
import { pop3Server } from "./server.ts";
import { alicesMail, letters } from "./testing/mailboxes.test.kit.ts";

const run = promisify(execFile);

/** Why a test cannot run here, if it cannot. */
function missing(program: string, ...probe: readonly string[]): string | false {
  return spawnSync(program, probe).error === undefined ? false : `${program} is not installed`;
}

const whole = letters.map((text) => (text.endsWith("\r\n") ? text : `${text}\r\n`));
const keyPair = selfSignedCertificate({ names: ["localhost"] });

async function withServer(body: (port: number, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "hawser-pop3-"));
  const { portal } = alicesMail(nodeReactor);
  const server = pop3Server(portal, { tls: { keyPair: () => keyPair }, apop: true });
  const listener: Listener = await listen("tcp:0:interface=127.0.0.1", server);
  try {
    await writeFile(join(folder, "ca.pem"), keyPair.certificate);
    await body((listener.address as { port: number }).port, folder);
  } finally {
    await listener.stop({ graceMs: 0 });
    await rm(folder, { recursive: true, force: true });
  }
}

const poplib = `
import poplib, ssl, sys
port, ca, way = int(sys.argv[1]), sys.argv[2], sys.argv[3]
p = poplib.POP3("localhost", port)
if way == "stls":
    p.stls(ssl.create_default_context(cafile=ca))
if way == "apop":
    p.apop("alice", "wonderland")
else:
    p.user("alice"); p.pass_("wonderland")
count, octets = p.stat()
sys.stdout.write(str(count) + " " + str(len(p.uidl()[1])) + "\\n")
for i in range(count):
    sys.stdout.write(repr(b"\\r\\n".join(p.retr(i + 1)[1])) + "\\n")
p.dele(1); p.rset(); p.noop(); p.top(1, 1); p.capa()
p.quit()
`;

describe("Python's poplib", { skip: missing("/usr/bin/python3", "--version") }, () => {
  for (const way of ["plain", "stls", "apop"])
    test(`reads mail, by ${way}`, () =>
      withServer(async (port, folder) => {
        const { stdout } = await run("/usr/bin/python3", ["-c", poplib, String(port), join(folder, "ca.pem"), way]);
        const [counts, ...texts] = stdout.trimEnd().split("\n");
        assert.equal(counts, "3 3");
        assert.deepEqual(
          texts,
          whole.map((text) => `b'${text.slice(0, -2).replaceAll("\r\n", "\\r\\n")}'`),
        );
      }));
});

describe("curl", { skip: missing("curl", "--version") }, () => {
  test("lists and reads mail, with the best mechanism that it knows, over TLS", () =>
    withServer(async (port, folder) => {
      const base = ["-s", "--ssl-reqd", "--cacert", join(folder, "ca.pem"), "-u", "alice:wonderland"];
      const list = await run("curl", [...base, `pop3://localhost:${port}/`]);
      assert.equal(list.stdout, letters.map((text, i) => `${i + 1} ${text.length}\r\n`).join(""));
      const second = await run("curl", [...base, `pop3://localhost:${port}/2`], { encoding: "latin1" });
      assert.equal(second.stdout, whole[1]);
    }));
});

describe("fetchmail", { skip: missing("fetchmail", "--version") }, () => {
  test("fetches every message and empties the maildrop", () =>
    withServer(async (port, folder) => {
      const rc = join(folder, "fetchmailrc");
      const sink = join(folder, "sink");
      await writeFile(sink, `#!/bin/sh\nexec cat >>${join(folder, "got")}\n`);
      await chmod(sink, 0o700);
      await writeFile(
        rc,
        `poll localhost protocol pop3 port ${port} user "alice" password "wonderland" sslproto "" mda "${sink}"\n`,
        { mode: 0o600 },
      );
      const fetch = () =>
        run("fetchmail", ["-f", rc, "--nodetach", "--pidfile", join(folder, "pid")], { env: { HOME: folder } });
      await fetch();
      const got = await readFile(join(folder, "got"), "latin1");
      for (const subject of ["one", "dots", "long"]) assert.match(got, new RegExp(`^Subject: ${subject}$`, "m"));
      await assert.rejects(fetch(), { code: 1 }); // there is no mail
    }));
});

describe("getmail", { skip: missing("getmail", "--version") }, () => {
  test("fetches every message", () =>
    withServer(async (port, folder) => {
      const sink = join(folder, "sink");
      await writeFile(sink, `#!/bin/sh\ncat >>${join(folder, "got")}\nsleep 1\n`); // getmail waits for ever for a child that ends before it waits
      await chmod(sink, 0o700);
      const rc = join(folder, "getmailrc");
      const account = `type = SimplePOP3Retriever\nserver = localhost\nport = ${port}\nusername = alice\npassword = wonderland`;
      const destination = `type = MDA_external\npath = ${sink}\nallow_root_commands = true`;
      await writeFile(rc, `[retriever]\n${account}\n[destination]\n${destination}\n`);
      const env = { HOME: folder, USER: "root", PATH: "/usr/bin:/bin" };
      const { stdout } = await run("getmail", ["--getmaildir", folder, "--rcfile", rc], { env });
      assert.match(stdout, /3 messages .* retrieved/);
      assert.match(await readFile(join(folder, "got"), "latin1"), /^Subject: dots$/m);
    }));
});

const twistedClient = `
import sys
from twisted.internet import defer, endpoints, reactor
from twisted.mail.pop3client import POP3Client

@defer.inlineCallbacks
def main():
    client = yield endpoints.connectProtocol(endpoints.HostnameEndpoint(reactor, "localhost", int(sys.argv[1])), POP3Client())
    client.allowInsecureLogin = True
    yield client.login(b"alice", b"wonderland")
    count, octets = yield client.stat()
    ids = yield client.listUID()
    lines = yield client.retrieve(1) # Twisted counts from 0
    yield client.delete(2)
    yield client.quit()
    print(count, len(ids), lines)
main().addErrback(lambda f: f.printTraceback()).addBoth(lambda _: reactor.stop())
reactor.run()
`;

const withTwisted = spawnSync("/usr/bin/python3", ["-c", "import twisted.mail"]).status === 0;

describe("Twisted", { skip: withTwisted ? false : "python3-twisted is not installed" }, () => {
  test("logs in by APOP, reads and deletes", () =>
    withServer(async (port) => {
      const { stdout } = await run("/usr/bin/python3", ["-c", twistedClient, String(port)]);
      assert.equal(stdout.trim(), "3 3 [b'Subject: dots', b'', b'.', b'..', b'.a', b'last line without an end']");
    }));
});

/** A Dovecot of its own in a folder, which lets Alice in with "wonderland". */
async function withDovecot(body: (port: number, mail: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "hawser-dovecot-"));
  const port = await freePort();
  const mail = join(folder, "mail/alice/Maildir");
  await mkdir(join(mail, "cur"), { recursive: true });
  await mkdir(join(mail, "new"));
  await mkdir(join(mail, "tmp"));
  await writeFile(join(folder, "users"), "alice:{PLAIN}wonderland:8:8::/:\n");
  await writeFile(join(folder, "cert.pem"), keyPair.certificate);
  await writeFile(join(folder, "key.pem"), keyPair.key, { mode: 0o600 });
  await writeFile(join(folder, "dovecot.conf"), dovecotConfiguration(folder, port));
  await run("chown", ["-R", "8:8", join(folder, "mail")]);
  await chmod(folder, 0o755);
  const dovecot = spawn("dovecot", ["-F", "-c", join(folder, "dovecot.conf")], { stdio: "ignore" });
  const ended = new Promise((resolve) => dovecot.once("exit", resolve));
  try {
    await listening(port);
    await body(port, mail);
  } finally {
    dovecot.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

function dovecotConfiguration(folder: string, port: number): string {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = pop3
listen = 127.0.0.1
mail_location = maildir:${folder}/mail/%u/Maildir
first_valid_uid = 1
auth_mechanisms = plain login cram-md5 scram-sha-256
disable_plaintext_auth = no
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
passdb {
  driver = passwd-file
  args = ${folder}/users
}
userdb {
  driver = passwd-file
  args = ${folder}/users
}
service pop3-login {
  inet_listener pop3 {
    port = ${port}
  }
  inet_listener pop3s {
    port = 0
  }
}
`;
}

async function freePort(): Promise<number> {
  await using listener = await listen("tcp:0:interface=127.0.0.1", { accept: () => undefined });
  return (listener.address as { port: number }).port;
}

async function listening(port: number): Promise<void> {
  for (const until = Date.now() + 20_000; Date.now() < until; ) {
    const transport = await connect(`tcp:127.0.0.1:${port}`).catch(() => undefined);
    if (transport !== undefined) return transport.abort();
    await nodeReactor.clock.sleep(100);
  }
  throw new Error("Dovecot does not listen");
}

describe("Dovecot", { skip: missing("dovecot", "--version") }, () => {
  test("lets our client in, by SCRAM after STLS, read and delete", () =>
    withDovecot(async (port, mail) => {
      for (const [i, text] of letters.entries()) await writeFile(join(mail, "new", `${i}.letter`), text);
      await run("chown", ["-R", "8:8", mail]);
      const options = {
        login: { user: "alice", password: "wonderland" },
        startTls: "required",
        tls: { ca: [keyPair.certificate] },
      } as const;
      const client = await connectPop3(`tcp:localhost:${port}`, options);
      assert.ok(client.capabilities.has("PIPELINING"));
      const list = await client.list();
      assert.equal(list.length, 3);
      const texts = await Promise.all(list.map(({ number }) => textOf(client.retrieve(number))));
      assert.deepEqual(texts, whole);
      assert.equal(await textOf(client.top(3, 1)), whole[2]!.slice(0, 17 + 72));
      await client.delete(1);
      await client.quit();
      await using again = await connectPop3(`tcp:localhost:${port}`, options);
      assert.equal((await again.stat()).messageCount, 2);
    }));

  test("has its certificate looked at", () =>
    withDovecot(async (port) => {
      await assert.rejects(connectPop3(`tcp:localhost:${port}`, { startTls: "required" }), { code: "bad-certificate" });
      const wrong = { login: { user: "alice", password: "wrong" } };
      await assert.rejects(connectPop3(`tcp:localhost:${port}`, { ...wrong, startTls: "never" }), { code: "refused" });
    }));
});

async function textOf(octets: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of octets) chunks.push(chunk);
  return Buffer.concat(chunks).toString("latin1");
}
