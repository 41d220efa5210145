import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ConnectionError, connection, ProtocolError } from "@hawser/core";
import { simulate } from "@hawser/core/simulation";
import fc from "fast-check";
import { connectImap } from "./client/connect.ts";
import { parseResponse } from "./client/responses.ts";
import { ImapProtocolError, ImapReplyError } from "./errors.ts";
import { ImapClientMachine } from "./machine/client.ts";
import { ImapServerMachine } from "./machine/server.ts";

/** Lets a client meet a server that says this, whatever it hears. */
function meet(said: string, then: (endpoint: string, world: { reactor: never }) => Promise<void>): Promise<void> {
  return simulate({ seed: 1, leaks: false }, async (world) => {
    const lines = connection(async (peer) => {
      for (const line of said.split("|")) {
        peer.write(line);
        await peer.readLine().catch(() => "");
      }
      await peer.closed;
    });
    await world.listen("tcp:143", lines, { reactor: world.host("server") });
    await then("tcp:server:143", { reactor: world.host("client") as never });
  });
}

describe("What is done to IMAP clients", () => {
  test("responses that come along with STARTTLS in clear end the connection (nodemailer 1835)", () =>
    meet(
      "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n|h1 OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n|",
      async (endpoint, { reactor }) => {
        await assert.rejects(connectImap(endpoint, { reactor, startTls: "required" }), /octets in clear came along/);
      },
    ));

  test("PREAUTH in clear does not stand for a protected connection (NO STARTTLS, CVE-2020-12398)", () =>
    meet("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n|", async (endpoint, { reactor }) => {
      await assert.rejects(connectImap(endpoint, { reactor, startTls: "required" }), ImapProtocolError);
    }));

  test("a server without STARTTLS is told no password", () =>
    meet("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n|", async (endpoint, { reactor }) => {
      const login = { user: "alice", password: "wonderland" };
      await assert.rejects(connectImap(endpoint, { reactor, login }), /none of it that is safe without TLS/);
    }));

  test("a good bye instead of a greeting is an error of the one who connects, and of nobody else", () =>
    meet("* BYE Too many connections\r\n|", async (endpoint, { reactor }) => {
      await assert.rejects(
        connectImap(endpoint, { reactor }),
        (error) => error instanceof ImapReplyError && error.code === "bye",
      );
    }));

  test("an answer that nobody has asked for ends the connection", () =>
    meet("* OK [CAPABILITY IMAP4rev1] hi\r\n|h99 OK what\r\n|", async (endpoint, { reactor }) => {
      const mail = await connectImap(endpoint, { reactor });
      await assert.rejects(mail.noop(), /nobody has asked/);
      const error: ConnectionError | undefined = await mail.closed;
      assert.ok(error === undefined || error.code.length > 0);
    }));

  test("a huge literal costs nothing until it comes, and then no more than is allowed (CPython gh-119511)", () => {
    const machine = new ImapClientMachine(1_000_000);
    machine.receive(Buffer.from("* 1 FETCH (BODY[] {999000}\r\nx"));
    assert.equal(machine.next(), undefined);
    const other = new ImapClientMachine(1_000_000);
    other.receive(Buffer.from("* 1 FETCH (BODY[] {99999999999}\r\nx"));
    assert.throws(() => other.next(), /Cannot take a response of more than 1000000 octets/);
  });

  test("structures that nest without end are refused", () => {
    const text = `* 1 FETCH (BODYSTRUCTURE ${"(".repeat(5_000)}`;
    assert.throws(() => parseResponse({ text, literals: [] }, false), /nests too deep/);
  });
});

describe("Octets without sense", () => {
  const words = [
    "* ",
    "a ",
    "OK ",
    "FETCH ",
    "(",
    ")",
    "{3}\r\n",
    "{2+}\r\n",
    "\r\n",
    '"',
    "\\",
    "BODY[",
    "]",
    "<0.1>",
    "1:*",
    "NIL",
    "LOGIN ",
    "APPEND INBOX ",
    "UID ",
    "~{1}\r\n",
    "+ ",
    "[",
    "\0",
    "é",
    "1",
    "*",
  ];
  const noise = fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 5 })), { maxLength: 40 })
    .map((all) => Buffer.from(all.join("")));

  test("make a server's machine answer, wait or refuse, and nothing else", () =>
    fc.assert(
      fc.property(noise, fc.boolean(), (octets, isLoggedIn) => {
        const machine = new ImapServerMachine();
        if (isLoggedIn) machine.send({ type: "logged-in" });
        machine.receive(octets);
        try {
          for (let event = machine.next(), i = 0; event !== undefined && i < 100; event = machine.next(), i++)
            if (event.type === "message") machine.send({ type: i % 2 === 0 ? "continue" : "refuse" });
        } catch (error) {
          assert.ok(error instanceof ProtocolError, String(error));
        }
      }),
    ));

  test("make a client read, wait or refuse, and nothing else", () =>
    fc.assert(
      fc.property(noise, (octets) => {
        const machine = new ImapClientMachine();
        machine.receive(octets);
        try {
          for (let event = machine.next(); event !== undefined && event.type !== "end"; event = machine.next())
            if (event.type === "response") parseResponse(event.line, false);
        } catch (error) {
          assert.ok(error instanceof ProtocolError, String(error));
        }
      }),
    ));
});
