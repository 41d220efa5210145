import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConnectionError } from "@hawser/core";
import { simulate } from "@hawser/core/simulation";
import { playTranscript, transcripts } from "@hawser/core/testing";
import { SmtpRecipientsError } from "./client/transaction.ts";
import { connectSmtp, type SmtpClient, type SmtpClientOptions } from "./client.ts";
import { SmtpClientError, SmtpOutcomeError, SmtpProtocolError, SmtpReplyError } from "./errors.ts";

const plain = { from: "smith@bar.com", to: ["jones@foo.com", "green@foo.com"], content: "One\r\n.Two\r\n" } as const;

/** A client that does something, and quits. */
function client(run: (client: SmtpClient) => Promise<void>, options: SmtpClientOptions = {}) {
  return {
    client: async (host: SmtpClientOptions["reactor"], endpoint: string) => {
      await using connected = await connectSmtp(endpoint, { reactor: host, name: "bar.com", ...options });
      await run(connected);
    },
  };
}

const send = (client: SmtpClient) => client.send(plain).then(() => {});

transcripts("SMTP client", client(send), {
  "a server of old, one command at a time (RFC 5321 §D.1)": `
    S: 220 foo.com Simple Mail Transfer Service Ready
    C: EHLO bar.com
    S: 502 What?
    C: HELO bar.com
    S: 250 foo.com
    C: MAIL FROM:<smith@bar.com>
    S: 250 OK
    C: RCPT TO:<jones@foo.com>
    S: 250 OK
    C: RCPT TO:<green@foo.com>
    S: 550 No such user here
    C: DATA
    S: 354 Start mail input
    C: One
    C: ..Two
    C: .
    S: 250-OK
    S: 250 indeed
    C: QUIT
    S: 221 Bye
    S: (closes)
    C: (closes)`,
  "several commands in one write (RFC 2920 §3.3)": `
    S: 220-foo.com
    S: 220 ready
    C: EHLO bar.com
    S: 250-foo.com
    S: 250-size 1000
    S: 250 PIPELINING
    C: MAIL FROM:<smith@bar.com> SIZE=11
    C: RCPT TO:<jones@foo.com>
    C: RCPT TO:<green@foo.com>
    C: DATA
    S: 250 ok
    S: 251 will forward
    S: 452 not now
    S: 354 go on
    C: One
    C: ..Two
    C: .
    S: 250
    C: QUIT
    S: 221 Bye
    S: (closes)
    C: (closes)`,
});

describe("SMTP client", () => {
  const greeted = `
    S: 220 foo.com
    C: EHLO bar.com
    S: 250-foo.com
    S: 250 PIPELINING`;
  const goodbye = `
    C: QUIT
    S: 221 Bye
    S: (closes)
    C: (closes)`;

  test("a server that asks for the content of a message for nobody gets none (RFC 2920 §3.1)", async () => {
    const run = async (one: SmtpClient) => {
      const error = await one.send(plain).catch((thrown: unknown) => thrown);
      assert.ok(error instanceof SmtpRecipientsError);
      assert.deepEqual([error.code, error.enhanced, error.temporary, error.rejected.length], [550, "5.1.1", false, 2]);
    };
    await playTranscript(
      client(run),
      `${greeted}
      C: MAIL FROM:<smith@bar.com>
      C: RCPT TO:<jones@foo.com>
      C: RCPT TO:<green@foo.com>
      C: DATA
      S: 250 ok
      S: 550 5.1.1 nobody
      S: 450 4.2.1 later
      S: 354 go on
      C: .
      S: 554 no valid recipients
      ${goodbye}`,
    );
  });

  test("a refused sender, and the next message on the same connection", async () => {
    const run = async (one: SmtpClient) => {
      await assert.rejects(one.send(plain), { name: "SmtpReplyError", code: 451, temporary: true });
      const { accepted, rejected } = await one.send({ ...plain, to: "jones@foo.com" });
      assert.deepEqual([accepted.length, rejected.length], [1, 0]);
    };
    await playTranscript(
      client(run),
      `${greeted}
      C: MAIL FROM:<smith@bar.com>
      C: RCPT TO:<jones@foo.com>
      C: RCPT TO:<green@foo.com>
      C: DATA
      S: 451 4.3.0 not now
      S: 503 mail first
      S: 503 mail first
      S: 503 mail first
      C: MAIL FROM:<smith@bar.com>
      C: RCPT TO:<jones@foo.com>
      C: DATA
      S: 250 ok
      S: 250 ok
      S: 354 go on
      C: One
      C: ..Two
      C: .
      S: 250 ok
      ${goodbye}`,
    );
  });

  test("a message that is refused at its end is not accepted; RSET cleans up after a refused DATA", async () => {
    const run = async (one: SmtpClient) => {
      await assert.rejects(one.send(plain), { code: 554, enhanced: "5.7.1" });
      await assert.rejects(one.send(plain), { code: 452 });
    };
    const group = `
      C: MAIL FROM:<smith@bar.com>
      C: RCPT TO:<jones@foo.com>
      C: RCPT TO:<green@foo.com>
      C: DATA
      S: 250 ok
      S: 250 ok
      S: 250 ok`;
    await playTranscript(
      client(run),
      `${greeted}${group}
      S: 354 go on
      C: One
      C: ..Two
      C: .
      S: 554 5.7.1 spam
      ${group}
      S: 452 full
      C: RSET
      S: 250 ok
      ${goodbye}`,
    );
  });

  test("chunks, and what is binary, are sent as they are (RFC 3030)", async () => {
    const run = async (one: SmtpClient) => {
      await one.send({ from: "", to: "a@foo.com", content: Buffer.from(".\r\n.\r\n\n\r\0"), body: "BINARYMIME" });
      await one.send({ from: "", to: "a@foo.com", content: "a\nb\r", ret: "HDRS", envid: "x y" });
    };
    await playTranscript(
      client(run, { chunking: true }),
      `
      S: 220 foo.com
      C: EHLO bar.com
      S: 250-foo.com
      S: 250-PIPELINING
      S: 250-8BITMIME
      S: 250-DSN
      S: 250-CHUNKING
      S: 250 BINARYMIME
      C: MAIL FROM:<> BODY=BINARYMIME
      C: RCPT TO:<a@foo.com>
      S: 250 ok
      S: 250 ok
      C: BDAT 9 LAST
      C| .\\r\\n.\\r\\n\\n\\r\\x00
      S: 250 ok
      C: MAIL FROM:<> RET=HDRS ENVID=x+20y
      C: RCPT TO:<a@foo.com>
      S: 250 ok
      S: 250 ok
      C: BDAT 6 LAST
      C| a\\r\\nb\\r\\n
      S: 250 ok
      ${goodbye}`,
    );
  });

  test("a connection that is lost behind the message leaves nobody knowing (RFC 1047)", async () => {
    const run = async (one: SmtpClient) => {
      const error = await one.send({ ...plain, to: "a@b.example" }).catch((thrown: unknown) => thrown);
      assert.ok(error instanceof SmtpOutcomeError, String(error));
      assert.ok(error.cause instanceof ConnectionError);
      assert.ok(one.isClosed);
      await assert.rejects(one.send(plain), ConnectionError);
    };
    await playTranscript(
      client(run),
      `${greeted}
      C: MAIL FROM:<smith@bar.com>
      C: RCPT TO:<a@b.example>
      C: DATA
      S: 250 ok
      S: 250 ok
      S: 354 go on
      C: One
      C: ..Two
      C: .
      S: (closes)
      C: (closes)`,
    );
  });

  test("421 within a transaction is the reason that everything fails with", async () => {
    const run = (one: SmtpClient) => assert.rejects(one.send(plain), { name: "SmtpReplyError", code: 421 });
    await playTranscript(
      client(run),
      `${greeted}
      C: MAIL FROM:<smith@bar.com>
      C: RCPT TO:<jones@foo.com>
      C: RCPT TO:<green@foo.com>
      C: DATA
      S: 421 4.3.2 going down
      S: (closes)
      C: (closes)`,
    );
  });

  test("a server that does not answer, or answers what nobody asked, is given up", async () => {
    const run = (one: SmtpClient) => one.noop();
    await assert.rejects(
      playTranscript(client(run), `${greeted}\nC: NOOP\n(after 301 s)\nC: (closes)`),
      (error) => error instanceof SmtpProtocolError || /timed-out|does not answer/.test(String(error)),
    );
    const two = async (one: SmtpClient) => {
      await one.noop();
      await one.noop();
    };
    await assert.rejects(
      playTranscript(client(two), `${greeted}\nC: NOOP\nS: 250 ok\nS: 250 ok\nC: (closes)`),
      /nobody has asked/,
    );
    await assert.rejects(playTranscript(client(run), `${greeted}\nC: NOOP\nS: hello\nC: (closes)`), /is no reply/);
    await assert.rejects(
      playTranscript(client(run), `${greeted}\nC: NOOP\nS: 354 go on\nC: (closes)`),
      /fits no such command/,
    );
  });

  test("what the server cannot take is refused before anything is said, or the connection is", async () => {
    const bare = `
      S: 220 foo.com
      C: EHLO bar.com
      S: 250-foo.com
      S: 250-SIZE 10
      S: 250 LIMITS RCPTMAX=2`;
    const to = "a@foo.com";
    const run = async (one: SmtpClient) => {
      const codeOf = (message: Parameters<SmtpClient["send"]>[0]) =>
        one.send(message).then(
          () => "sent",
          (error: SmtpClientError) => error.code,
        );
      assert.equal(await codeOf({ from: "", to, content: "é" }), "needs-8bitmime");
      assert.equal(await codeOf({ from: "", to, content: "", body: "BINARYMIME" }), "needs-binarymime");
      assert.equal(await codeOf({ from: "", to: "é@foo.com", content: "" }), "needs-smtputf8");
      assert.equal(await codeOf({ from: "", to, content: "12345678901" }), "too-large");
      assert.equal(await codeOf({ from: "", to: [to, to, to], content: "" }), "too-many-recipients");
      assert.equal(await codeOf({ from: "", to: [], content: "" }), "no-recipients");
      assert.equal(await codeOf({ from: "a\r\nRCPT TO:<b@c>", to, content: "" }), "bad-address");
    };
    await playTranscript(client(run), `${bare}${goodbye}`);
    const late = async (one: SmtpClient) => {
      const content = [Buffer.from("é")];
      await assert.rejects(one.send({ from: "", to, content }), { code: "needs-8bitmime" });
    };
    await playTranscript(
      client(late),
      `${bare}
      C: MAIL FROM:<>
      S: 250 ok
      C: RCPT TO:<a@foo.com>
      S: 250 ok
      C: DATA
      S: 354 go on
      C: (closes)`,
    );
  });

  test("an IDN domain is spelt in US-ASCII where the server knows no UTF-8 (RFC 5891 §4.4)", async () => {
    const run = (one: SmtpClient) => one.send({ from: "", to: "a@bücher.example", content: "" }).then(() => {});
    await playTranscript(
      client(run),
      `${greeted}
      C: MAIL FROM:<>
      C: RCPT TO:<a@xn--bcher-kva.example>
      C: DATA
      S: 250 ok
      S: 250 ok
      S: 354 go on
      C: .
      S: 250 ok
      ${goodbye}`,
    );
  });

  test("LMTP has an answer for each recipient (RFC 2033 §4.2)", async () => {
    const run = async (one: SmtpClient) => {
      const { accepted, rejected } = await one.send({
        ...plain,
        to: ["pat@foo.edu", "jones@foo.edu", "green@foo.edu"],
      });
      assert.deepEqual(
        [accepted.map(({ address }) => address), rejected.map(({ address, reply }) => [address, reply.code])],
        [
          ["pat@foo.edu"],
          [
            ["jones@foo.edu", 550],
            ["green@foo.edu", 452],
          ],
        ],
      );
    };
    await playTranscript(
      client(run, { kind: "lmtp" }),
      `
      S: 220 foo.edu LMTP server ready
      C: LHLO bar.com
      S: 250-foo.edu
      S: 250 PIPELINING
      C: MAIL FROM:<smith@bar.com>
      C: RCPT TO:<pat@foo.edu>
      C: RCPT TO:<jones@foo.edu>
      C: RCPT TO:<green@foo.edu>
      C: DATA
      S: 250 OK
      S: 250 OK
      S: 550 No such user here
      S: 250 OK
      S: 354 Start mail input
      C: One
      C: ..Two
      C: .
      S: 250 OK
      S: 452 full
      ${goodbye}`,
    );
  });

  test("logs in by the best the server has, with what the mechanism wants (RFC 4954)", async () => {
    const login = { user: "alice", password: "wonderland", allowPlainText: true };
    const offer = `
      S: 220 foo.com
      C: EHLO bar.com
      S: 250-foo.com`;
    const nothing = async () => {};
    await playTranscript(
      client(nothing, { login, startTls: "never" }),
      `${offer}
      S: 250 AUTH LOGIN PLAIN
      C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=
      S: 235 welcome
      ${goodbye}`,
    );
    await playTranscript(
      client(nothing, { login, startTls: "never" }),
      `${offer}
      S: 250 AUTH LOGIN
      C: AUTH LOGIN
      S: 334 VXNlcm5hbWU6
      C: YWxpY2U=
      S: 334 UGFzc3dvcmQ6
      C: d29uZGVybGFuZA==
      S: 235 welcome
      ${goodbye}`,
    );
    for (const [text, expected] of [
      [
        `${offer}\nS: 250 AUTH PLAIN\nC: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\nS: 535 5.7.8 no\nC: (closes)`,
        SmtpReplyError,
      ],
      [`${offer}\nS: 250 SIZE\nC: (closes)`, SmtpClientError],
    ] as const)
      await assert.rejects(playTranscript(client(nothing, { login, startTls: "never" }), text), expected);
  });

  test("a login waits for TLS unless it is told otherwise, and a password never goes in clear", async () => {
    const login = { user: "alice", password: "wonderland" };
    const nothing = async () => {};
    const text = "S: 220 foo.com\nC: EHLO bar.com\nS: 250-foo.com\nS: 250 AUTH PLAIN\nC: (closes)";
    await assert.rejects(playTranscript(client(nothing, { login }), text), { code: "needs-starttls" });
    await assert.rejects(playTranscript(client(nothing, { login, startTls: "never" }), text), { code: "no-mechanism" });
  });

  test("a signal ends what is waiting, and nothing is left", () =>
    simulate({ seed: 1 }, async (world) => {
      await world.listen("tcp:25", { accept: () => ({ data() {}, end() {}, closed() {} }) });
      const reason = new Error("enough");
      const controller = new AbortController();
      world.clock.after(1_000, () => controller.abort(reason));
      await assert.rejects(connectSmtp("tcp:home:25", { reactor: world.reactor, signal: controller.signal }), reason);
    }));
});
