import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { plainKeyPair, type SimulationOptions, simulate, type World } from "@hawser/core/simulation";
import { connectSmtp, type SmtpClient, type SmtpClientOptions } from "./client.ts";
import { smtpReject } from "./errors.ts";
import { memorySmtpBackend } from "./memory.ts";
import { sendMail } from "./send-mail.ts";
import { lmtpServer, type SmtpServerOptions, smtpServer, submissionServer } from "./server.ts";
import { alicePortal, mailboxes } from "./testing/server.test.kit.ts";

const manners: readonly SimulationOptions[] = [
  { seed: 1 },
  { seed: 1, cuts: "each-octet" },
  { seed: 2, cuts: true, latencyMs: [1, 50] },
];

/** Our client against our server, whole, octet by octet, and cut at random. */
async function pair(
  options: { readonly server?: SmtpServerOptions; readonly client?: SmtpClientOptions },
  run: (client: SmtpClient, backend: ReturnType<typeof memorySmtpBackend>, world: World) => Promise<void>,
): Promise<void> {
  for (const manner of manners)
    await simulate(manner, async (world) => {
      const backend = memorySmtpBackend({
        recipient: ({ local }) => (local === "nobody" ? smtpReject("550 5.1.1 No such user") : undefined),
      });
      await world.listen("tcp:25", smtpServer(backend, { name: "mx.example.net", ...options.server }));
      await using client = await connectSmtp("tcp:home:25", { reactor: world.reactor, ...options.client });
      await run(client, backend, world);
    });
}

const contents = [
  "",
  ".",
  "\r\n.\r\n",
  "Subject: Hi\r\n\r\nHello\r\n",
  "..\r\n.\r\n. \r\n.x\r\n",
  `${"long ".repeat(3_000)}\r\n`,
  "Grüße\r\n",
];

describe("SMTP, our client and our server", () => {
  for (const [name, client, server] of [
    ["pipelined", {}, {}],
    ["in chunks", { chunking: true }, {}],
    ["one command at a time", {}, { extensions: [] }],
  ] as const)
    test(`what is sent is what comes, ${name}`, () =>
      pair({ client, server: { addReceived: false, ...server } }, async (one, backend) => {
        for (const content of contents) {
          if (name === "one command at a time" && content.includes("ü")) continue;
          await one.send({ from: "a@example.org", to: ["b@example.net", "nobody@example.net"], content });
          const message = backend.messages.at(-1)!;
          const whole = content === "" || content.endsWith("\r\n") ? content : `${content}\r\n`;
          assert.equal(Buffer.from(message.content).toString(), whole);
          assert.equal(message.envelope.from?.address, "a@example.org");
          assert.deepEqual(
            message.envelope.to.map(({ address }) => address),
            ["b@example.net"],
          );
        }
        assert.ok(backend.messages.length >= 6);
      }));

  test("binary octets come as they are", () =>
    pair({ server: { addReceived: false } }, async (one, backend) => {
      const content = Buffer.from(Array.from({ length: 1_000 }, (_, i) => (i * 7) % 256));
      await one.send({ from: "", to: "b@example.net", content, body: "BINARYMIME" });
      assert.deepEqual(Buffer.from(backend.messages[0]!.content), content);
      assert.equal(backend.messages[0]!.envelope.from, undefined);
    }));

  test("parameters arrive as they were meant", () =>
    pair({}, async (one, backend) => {
      const to = {
        address: "zoë@bücher.example",
        notify: ["SUCCESS", "DELAY"],
        orcpt: "rfc822;o+p@example.org",
      } as const;
      await one.send({ from: "a@example.org", to: [to], content: "", ret: "FULL", envid: "a=b +c" });
      const { parameters, to: recipients } = backend.messages[0]!.envelope;
      assert.deepEqual(parameters, { size: 0, utf8: true, ret: "FULL", envid: "a=b +c" });
      assert.deepEqual(recipients[0]!.parameters, { notify: ["SUCCESS", "DELAY"], orcpt: "rfc822;o+p@example.org" });
    }));

  test("a message begins with how it came (RFC 5321 §4.4, RFC 3848)", () =>
    pair({ client: { name: "client.example" } }, async (one, backend) => {
      await one.send({ from: "a@example.org", to: "b@example.net", content: "Subject: x\r\n\r\n" });
      assert.match(
        Buffer.from(backend.messages[0]!.content).toString(),
        /^Received: from client\.example \(\[[\d.]+\]\)\r\n\tby mx\.example\.net with ESMTP id [0-9a-f]+\.1\r\n\tfor <b@example\.net>;\r\n\t\w{3}, .* \+0000\r\nSubject: x\r\n\r\n$/,
      );
    }));

  test("a message that goes in a circle is refused (RFC 5321 §6.3)", () =>
    pair({ server: { limits: { hopsMax: 3 } } }, async (one, backend) => {
      const content = `${"received: x\r\n".repeat(4)}\r\n`;
      await assert.rejects(one.send({ from: "", to: "b@example.net", content }), { code: 554, enhanced: "5.4.6" });
      await one.send({ from: "", to: "b@example.net", content: `\r\n${content}` });
      assert.equal(backend.messages.length, 1);
    }));

  test("TLS is begun where it is offered, and nothing of what was said before counts", () =>
    pair({ server: { tls: { keyPair: () => plainKeyPair("home") }, requireTls: true } }, async (one, backend) => {
      assert.equal(one.security?.version, "plain");
      assert.ok(!one.extensions.has("STARTTLS"));
      await one.send({ from: "", to: "b@example.net", content: "" });
      assert.match(Buffer.from(backend.messages[0]!.content).toString(), /with ESMTPS id/);
    }));

  test("logs in over TLS by SCRAM, and sends as oneself alone (RFC 6409)", async () => {
    for (const manner of manners)
      await simulate(manner, async (world) => {
        const backend = memorySmtpBackend();
        const tls = { keyPair: () => plainKeyPair("home") };
        await world.listen("tcp:587", submissionServer(backend, { portal: alicePortal(world.reactor), tls }));
        const login = { user: "alice@foo.com", password: "wonderland" };
        const via = { via: "tcp:home:587", reactor: world.reactor, login };
        await sendMail(
          { from: "Alice <alice@foo.com>", to: "b@example.net", bcc: "c@example.net", subject: "Hi", text: "é" },
          via,
        );
        const { envelope, content, user } = backend.messages[0]!;
        assert.deepEqual([user, envelope.to.length, envelope.parameters.body], ["alice@foo.com", 2, "8BITMIME"]);
        assert.match(Buffer.from(content).toString(), /with ESMTPSA[\s\S]*Subject: Hi/);
        assert.doesNotMatch(Buffer.from(content).toString(), /c@example/);
        await assert.rejects(sendMail({ from: "bob@foo.com", to: "b@example.net", content: "" }, via), { code: 553 });
        const { login: _, ...nobody } = via;
        await assert.rejects(sendMail({ from: "alice@foo.com", to: "b@example.net", content: "" }, nobody), {
          code: 530,
        });
        await assert.rejects(
          sendMail(
            { from: "alice@foo.com", to: "b@example.net", content: "" },
            { ...via, login: { ...login, password: "x" } },
          ),
          { code: 535, enhanced: "5.7.8" },
        );
      });
  });

  test("LMTP delivers to some and not to others", async () => {
    await simulate({ seed: 1 }, async (world) => {
      await world.listen("tcp:24", lmtpServer(mailboxes()));
      await using client = await connectSmtp("tcp:home:24", { reactor: world.reactor, kind: "lmtp" });
      const { accepted, rejected } = await client.send({
        from: "",
        to: ["a@x.example", "full@x.example", "nobody@x.example"],
        content: "x",
      });
      assert.deepEqual(
        [accepted.map((one) => one.address), rejected.map((one) => one.reply.code)],
        [["a@x.example"], [550, 452]],
      );
      await assert.rejects(client.send({ from: "", to: "full@x.example", content: "" }), {
        name: "SmtpRecipientsError",
        code: 452,
      });
    });
  });

  test("who reads slowly holds the client back, and who reads no more does not", () =>
    simulate({ seed: 1 }, async (world) => {
      let most = 0;
      let sent = 0;
      const pieces = function* () {
        for (let i = 0; i < 200; i++) {
          sent += 10_000;
          yield Buffer.alloc(10_000, "x\r\n.");
        }
      };
      const slow = smtpServer(
        {
          recipient: () => undefined,
          async message({ to }, content) {
            if (to[0]!.local === "quick") return "taken unread";
            let read = 0;
            for await (const chunk of content) {
              await world.clock.sleep(1);
              most = Math.max(most, sent - read);
              read += chunk.length;
            }
            return String(read);
          },
        },
        { limits: { bufferedOctetsMax: 20_000 }, addReceived: false },
      );
      await world.listen("tcp:25", slow);
      await using client = await connectSmtp("tcp:home:25", { reactor: world.reactor });
      const { reply } = await client.send({ from: "", to: "b@example.net", content: pieces() });
      assert.ok(Number(reply.lines[0]) >= 2_000_000);
      assert.ok(most < 600_000, `${most} octets waited`);
      const quick = await client.send({ from: "", to: "quick@example.net", content: pieces() });
      assert.equal(quick.reply.lines[0], "taken unread");
    }));

  test("a backend that fails, hangs or refuses is answered for, and its content ends", () =>
    simulate({ seed: 1 }, async (world) => {
      const faults: string[] = [];
      const backend = {
        recipient: () => undefined,
        async message({ to }: { to: readonly { local: string }[] }, content: AsyncIterable<Uint8Array>) {
          const { local } = to[0]!;
          if (local === "no") throw smtpReject("554 5.7.1 Not this");
          if (local === "hang") return new Promise<string>(() => {});
          for await (const _ of content) if (local === "stop") return "enough";
          return undefined;
        },
      };
      await world.listen("tcp:25", smtpServer(backend, { limits: { backendTimeoutMs: 1_000 } }));
      await using client = await connectSmtp("tcp:home:25", { reactor: world.reactor });
      const send = (local: string) => client.send({ from: "", to: `${local}@b.example`, content: "x" });
      await assert.rejects(send("no"), { code: 554, enhanced: "5.7.1" });
      await assert.rejects(send("hang"), { code: 451, temporary: true });
      assert.equal((await send("stop")).reply.lines[0], "enough");
      await send("well");
      assert.deepEqual(faults, []);
    }));
});
