import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { selfSignedCertificate } from "@hawser/core/testing";
import { connectSmtp } from "../client.ts";
import { sendMail } from "../send-mail.ts";
import { freePort, startPostfix } from "../testing/postfix.test.kit.ts";
import {
  file,
  listening,
  needs,
  needsPython,
  run,
  ServerProgram,
  temporaryFolder,
} from "../testing/programs.test.kit.ts";

const content = "Subject: Hi\r\n\r\n.\r\n..\r\nGrüße\r\n";

test("Postfix's smtp-sink takes many messages on one connection", async (context) => {
  if (!needs(context, "smtp-sink")) return;
  const folder = temporaryFolder(context);
  const port = await freePort();
  const user = process.getuid?.() === 0 ? ["-u", "root"] : [];
  new ServerProgram(context, "smtp-sink", [...user, "-D", join(folder, "dump"), `127.0.0.1:${port}`, "10"]);
  await listening(port);
  await using client = await connectSmtp(`tcp:127.0.0.1:${port}`);
  assert.ok(client.extensions.has("PIPELINING"));
  for (let i = 0; i < 50; i++)
    await client.send({ from: "a@example.org", to: ["b@example.net", "c@example.net"], content });
  const dump = readFileSync(join(folder, "dump"), "utf8");
  assert.equal(dump.match(/Grüße/g)?.length, 50);
  assert.equal(dump.match(/\n\.\n\.\.\nGrüße\n/g)?.length, 50);
});

test("Python's aiosmtpd, with TLS, a login and UTF-8", async (context) => {
  if (!needsPython(context, "aiosmtpd")) return;
  const folder = temporaryFolder(context);
  const { certificate, key } = selfSignedCertificate();
  const [cert, keyFile] = [file(folder, "cert.pem", certificate), file(folder, "key.pem", key)];
  const port = await freePort();
  const script = `
import asyncio, ssl, sys, json
from aiosmtpd.smtp import SMTP, AuthResult
class Handler:
    async def handle_DATA(self, server, session, envelope):
        print(json.dumps([envelope.mail_from, envelope.rcpt_tos, envelope.content.decode(), session.auth_data.login.decode()]), flush=True)
        return "250 OK"
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain("${cert}", "${keyFile}")
def check(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"alice" and data.password == b"wonderland", auth_data=data, handled=False)
async def main():
    loop = asyncio.get_running_loop()
    make = lambda: SMTP(Handler(), enable_SMTPUTF8=True, tls_context=tls, authenticator=check, auth_required=True, loop=loop)
    server = await loop.create_server(make, "127.0.0.1", ${port})
    print("ready", flush=True)
    await server.serve_forever()
asyncio.run(main())
`;
  const server = new ServerProgram(context, "/usr/bin/python3", ["-c", script]);
  await server.printed(/ready/);
  const login = { user: "alice", password: "wonderland" };
  const via = `tcp:localhost:${port}`;
  const tls = { ca: [certificate] };
  await sendMail(
    { from: "zoë@example.org", to: ["b@example.net"], content },
    { via, startTls: "required", login, tls },
  );
  const line = (await server.printed(/^\[.*\]$/m))[0];
  assert.deepEqual(JSON.parse(line), ["zoë@example.org", ["b@example.net"], content, "alice"]);
  await assert.rejects(sendMail({ from: "", to: "b@example.net", content }, { via, startTls: "never" }), { code: 530 });
});

test("Twisted's server", async (context) => {
  if (!needsPython(context, "twisted")) return;
  const script = `
import json, sys
from zope.interface import implementer
from twisted.internet import reactor, defer
from twisted.mail import smtp
@implementer(smtp.IMessage)
class Message:
    def __init__(self, user): self.lines, self.user = [], user
    def lineReceived(self, line): self.lines.append(line)
    def eomReceived(self):
        print(json.dumps([str(self.user), b"\\n".join(self.lines).decode()]), flush=True)
        return defer.succeed(None)
    def connectionLost(self): pass
@implementer(smtp.IMessageDelivery)
class Delivery:
    def receivedHeader(self, helo, origin, recipients): return b"Received: x"
    def validateFrom(self, helo, origin): return origin
    def validateTo(self, user):
        if user.dest.local == b"nobody": raise smtp.SMTPBadRcpt(user)
        return lambda: Message(user)
class Factory(smtp.SMTPFactory):
    protocol = smtp.ESMTP
    def buildProtocol(self, address):
        p = smtp.SMTPFactory.buildProtocol(self, address)
        p.delivery = Delivery()
        return p
port = reactor.listenTCP(0, Factory(), interface="127.0.0.1")
print("port", port.getHost().port, flush=True)
reactor.run()
`;
  if (!needsPython(context, "zope.interface")) return;
  const server = new ServerProgram(context, "/usr/bin/python3", ["-c", script]);
  const port = (await server.printed(/port (\d+)/))[1];
  await using client = await connectSmtp(`tcp:127.0.0.1:${port}`);
  const text = content.replace("ü", "u").replace("ß", "s");
  const { accepted, rejected } = await client.send({
    from: "a@example.org",
    to: ["b@example.net", "nobody@example.net"],
    content: text,
  });
  assert.deepEqual([accepted.length, rejected.map(({ reply }) => reply.code)], [1, [550]]);
  const [to, came] = JSON.parse((await server.printed(/^\["b.*\]$/m))[0]) as string[];
  assert.deepEqual([to, came], ["b@example.net", `Received: x\n${text.replaceAll("\r\n", "\n").trimEnd()}`]);
});

describe("a whole Postfix, in a folder of its own", () => {
  test("takes chunks, UTF-8 and reports over TLS, refuses to relay, and delivers what was sent", async (context) => {
    const server = await startPostfix(context);
    if (server === undefined) return;
    await using client = await connectSmtp(`tcp:localhost:${server.port}`, { chunking: true });
    assert.ok(client.security !== undefined, "TLS is begun where it is offered");
    for (const keyword of ["CHUNKING", "SMTPUTF8", "DSN", "SIZE", "PIPELINING", "8BITMIME"])
      assert.ok(client.extensions.has(keyword), keyword);
    const to = [{ address: "b@example.net", notify: ["FAILURE"], orcpt: "rfc822;x@example.org" }] as const;
    for (let i = 0; i < 3; i++) {
      const { reply } = await client.send({ from: "zoë@example.org", to, content, ret: "HDRS", envid: `id ${i}` });
      assert.match(reply.lines[0]!, /queued as/);
    }
    await assert.rejects(client.send({ from: "a@example.org", to: "x@far.example", content }), {
      name: "SmtpRecipientsError",
      code: 554,
    });
    const { rejected } = await client.send({ from: "", to: ["b@example.net", "x@far.example"], content });
    assert.equal(rejected.length, 1);
    await using plain = await connectSmtp(`tcp:localhost:${server.port}`, { startTls: "never" });
    await plain.send({ from: "a@example.org", to: "b@example.net", content });
    let came: readonly string[] = [];
    for (let attempts = 0; attempts < 200 && came.length < 5; attempts++) {
      await run("sleep", ["0.05"]);
      came = await Promise.resolve()
        .then(() => readdirSync(server.mail))
        .catch(() => []);
    }
    assert.equal(came.length, 5);
    for (const name of came)
      assert.match(readFileSync(join(server.mail, name), "utf8"), /Subject: Hi\n[\s\S]*\n\n\.\n\.\.\nGrüße\n$/);
  });
});
