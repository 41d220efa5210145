import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { listen, type Transport } from "@hawser/core";
import { connectSmtp, type SmtpClient } from "../smtp/client.ts";
import { smtpReject } from "../smtp/errors.ts";
import { memorySmtpBackend } from "../smtp/memory.ts";
import { smtpServer } from "../smtp/server.ts";
import { alicePortal } from "../smtp/testing/server.test.kit.ts";
import { type SendmailBench, type SendmailCall, sendmailBench } from "./sendmail.test.kit.ts";

/** Runs `sendmail -bs` with a client of ours at the other end. */
async function session(
  bench: SendmailBench,
  words: readonly string[],
  talk: (client: SmtpClient) => Promise<void>,
): Promise<SendmailCall> {
  const { reactor } = bench;
  let arrived!: (transport: Transport) => void;
  const transport = new Promise<Transport>((resolve) => {
    arrived = resolve;
  });
  const port = await reactor.network.listen({ family: "ipv4", host: "127.0.0.1", port: 2525 }, {}, arrived);
  const call = bench.call(["-bs", ...words], "", { connection: () => transport });
  const client = await connectSmtp("tcp:127.0.0.1:2525", { reactor, name: "me.example" });
  await talk(client);
  await client.quit();
  await port.close();
  return call;
}

describe("sendmail -bs", () => {
  test("takes mail to anywhere by SMTP, and completes it", async () => {
    const bench = sendmailBench();
    const call = await session(bench, [], async (client) => {
      const to = [{ address: "bob@example.net", notify: ["FAILURE"] as const, orcpt: "rfc822;b@example.net" }];
      const message = {
        from: "alice@example.org",
        to,
        content: "Subject: Hi\r\nBcc: x@y.z\r\n\r\n.Hello\n",
        ret: "HDRS" as const,
        envid: "e1",
      };
      const { reply } = await client.send(message);
      assert.match(reply.lines.join(), /queued as q1/);
    });
    assert.deepEqual(call, { status: 0, output: [], errors: [] });
    const { id: _, content: __, body, utf8, ...mail } = bench.queue.mails[0]!;
    assert.deepEqual([body, utf8 ?? false], [undefined, false]);
    const to = [{ address: "bob@example.net", notify: ["FAILURE"], orcpt: "rfc822;b@example.net" }];
    assert.deepEqual(mail, { from: "alice@example.org", to, ret: "HDRS", envid: "e1" });
    assert.match(
      bench.queue.text(0),
      /^Received: by host.*\r\n\t.*\r\nMessage-ID: .*\r\nDate: .*\r\nFrom: alice@example\.org\r\nSubject: Hi\r\n\r\n\.Hello\r\n$/,
    );
  });

  test("tells by a reply what goes wrong", async () => {
    const bench = sendmailBench({ queue: "/q", domain: "example.org", trustedUsers: [] });
    await session(bench, [], async (client) => {
      const to = "bob@example.net";
      await assert.rejects(client.send({ from: "eve@example.org", to, content: "x" }), {
        code: 550,
        enhanced: "5.7.1",
      });
      bench.queue.failure = new Error("a mistake");
      await assert.rejects(client.send({ from: "alice@example.org", to, content: "x" }), { code: 451 });
      const circle = "Received: x\r\n".repeat(101);
      await assert.rejects(client.send({ from: "alice@example.org", to, content: circle }), { code: 554 });
    });
  });
});

test("sendmail -bs tells of those whom a relay refuses: all by a reply, some by mail", async () => {
  const bench = sendmailBench({ relay: "tcp:127.0.0.1:25", domain: "example.org" });
  const recipient = ({ local }: { readonly local: string }) =>
    local === "nobody" ? smtpReject("550 5.1.1 No such user") : undefined;
  const backend = memorySmtpBackend({ recipient });
  await using _ = await listen("tcp:25", smtpServer(backend), { reactor: bench.reactor });
  await session(bench, [], async (client) => {
    const message = { from: "alice@example.org", content: "x" };
    await assert.rejects(client.send({ ...message, to: "nobody@x.example" }), { code: 550, enhanced: "5.1.1" });
    await client.send({ ...message, to: ["bob@x.example", "nobody@x.example"] });
  });
  const [first, report] = backend.messages;
  assert.equal(first?.envelope.to[0]?.address, "bob@x.example");
  assert.match(Buffer.from(report!.content).toString(), /nobody@x\.example\.\.\. 550 5\.1\.1 No such user/);
});

describe("sendmail with a relay", () => {
  const relay = { relay: "tcp:127.0.0.1:25", domain: "example.org" };

  test("hands the message over, and tells what the relay said", async () => {
    const bench = sendmailBench(relay);
    const backend = memorySmtpBackend();
    await using _ = await listen("tcp:25", smtpServer(backend), { reactor: bench.reactor });
    const call = await bench.call(["-v", "-N", "never", "bob@example.net"], "Subject: Hi\n\n\xfc\n");
    assert.match(call.output.join("\n"), /^bob@example\.net\.\.\. sent \(250 2\.0\.0 /);
    assert.deepEqual([call.status, call.errors], [0, []]);
    const [message] = backend.messages;
    assert.equal(message?.envelope.from?.address, "alice@example.org");
    assert.deepEqual(message?.envelope.to[0]?.parameters.notify, []);
    assert.match(Buffer.from(message!.content).toString("latin1"), /\r\nSubject: Hi\r\n\r\n\xfc\r\n$/);
  });

  test("tells who was refused: with EX_NOUSER, with EX_TEMPFAIL, and all by mail with -oem", async () => {
    const bench = sendmailBench(relay);
    const backend = memorySmtpBackend({
      recipient: ({ local }) =>
        local === "nobody"
          ? smtpReject("550 5.1.1 No such user")
          : local === "full"
            ? smtpReject("452 4.2.2 Full")
            : undefined,
    });
    await using _ = await listen("tcp:25", smtpServer(backend), { reactor: bench.reactor });
    const some = await bench.call(["bob@x.example", "nobody@x.example"], "x");
    assert.deepEqual(some, {
      status: 67,
      output: [],
      errors: ["sendmail: nobody@x.example... 550 5.1.1 No such user"],
    });
    assert.equal((await bench.call(["bob@x.example", "full@x.example"], "x")).status, 75);
    assert.equal((await bench.call(["nobody@x.example"], "x")).status, 67);
    assert.equal((await bench.call(["full@x.example"], "x")).status, 75);
    assert.equal((await bench.call(["-oem", "nobody@x.example"], "x")).status, 67);
    const report = backend.messages.at(-1);
    assert.equal(report?.envelope.from, undefined);
    assert.match(
      Buffer.from(report!.content).toString("latin1"),
      / {4}nobody@x\.example\.\.\. 550 5\.1\.1 No such user\r\n/,
    );
  });

  test("tells a sender that is not allowed from a message that is not wanted", async () => {
    for (const [reply, status] of [
      ["553 5.7.1 Not your address", 77],
      ["554 5.6.0 Not this", 69],
      ["451 4.3.0 Not now", 75],
    ] as const) {
      const bench = sendmailBench(relay);
      const backend = { ...memorySmtpBackend(), sender: () => smtpReject(reply) };
      await using _ = await listen("tcp:25", smtpServer(backend), { reactor: bench.reactor });
      const call = await bench.call(["x"], "x");
      assert.deepEqual([call.status, call.errors], [status, [`sendmail: ${reply}`]]);
    }
  });

  test("shows nothing that would steer the terminal", async () => {
    const bench = sendmailBench(relay);
    const backend = memorySmtpBackend({ recipient: () => smtpReject("550 \x1b[2J\x9b1m gone") });
    await using _ = await listen("tcp:25", smtpServer(backend), { reactor: bench.reactor });
    assert.deepEqual((await bench.call(["x"], "x")).errors, ["sendmail: x@example.org... 550 ?[2J?1m gone"]);
  });

  test("logs in with a password that nobody else may read", async () => {
    const bench = sendmailBench(
      { ...relay, user: "alice@foo.com", passwordFile: "/home/alice/secret" },
      { "home/alice/secret": "wonderland\n" },
    );
    const backend = memorySmtpBackend();
    const portal = alicePortal(bench.reactor);
    await using _ = await listen("tcp:25", smtpServer(backend, { portal, requireLogin: true }), {
      reactor: bench.reactor,
    });
    const open = await bench.call(["bob@x.example"], "x");
    assert.deepEqual(
      [open.status, open.errors],
      [78, ["sendmail: Cannot send mail: others may use /home/alice/secret: take their rights away"]],
    );
    await bench.reactor.files("/home/alice").setAttributes("secret", { mode: 0o600 });
    assert.equal((await bench.call(["bob@x.example"], "x")).status, 0);
    assert.equal(backend.messages[0]?.user, "alice@foo.com");
    await bench.reactor.files("/home/alice").writeFile("secret", "cheshire\n");
    const wrong = await bench.call(["bob@x.example"], "x");
    assert.equal(wrong.status, 77);
    assert.doesNotMatch(wrong.errors.join(), /cheshire/);
  });

  test("is told of servers that are not there", async () => {
    assert.equal((await sendmailBench(relay).call(["x"], "x")).status, 75);
    assert.equal((await sendmailBench({ relay: "tcp:none.example:25" }).call(["x"], "x")).status, 68);
  });

  test("has no queue", async () => {
    const bench = sendmailBench(relay);
    assert.deepEqual((await bench.call(["-bp"])).output, ["Mail queue is empty"]);
    assert.equal((await bench.call(["-q"])).status, 0);
  });
});
