import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ProtocolError } from "@hawser/core";
import { simulate } from "@hawser/core/simulation";
import { RecordingReceiver, selfSignedCertificate, transcripts } from "@hawser/core/testing";
import { imapAppendMessagesMax, imapLineOctetsMax } from "./limits.ts";
import { ImapServerMachine } from "./machine/server.ts";
import { hello, served } from "./testing/served.test.kit.ts";
import { ImapNumberSet } from "./wire/number-set.ts";
import { ImapScanner } from "./wire/scanner.ts";

const login = `
    S: * OK …
    C: in LOGIN alice wonderland
    S: in OK …`;

transcripts(
  "What was done to IMAP servers",
  { server: (host) => served(host, [hello]) },
  {
    "GHSA-2qrf-pqgx-qh9v (Twisted): a negative literal is refused, and ends the session": `
    S: * OK …
    C: a LOGIN {-1}
    S: * BYE [CLIENTBUG] Cannot read the size of a literal
    S: (closes)`,
    "a literal that is too large for a number is refused": `
    S: * OK …
    C: a LOGIN {18446744073709551617}
    S: * BYE [CLIENTBUG] Cannot read the size of a literal
    S: (closes)`,
    "GHSA-2qrf-pqgx-qh9v: also with a plus, and after the login": `${login}
    C: a CREATE {-5+}
    S: * BYE [CLIENTBUG] Cannot read the size of a literal
    S: (closes)`,
    "imap-next 87: a stranger's literal is judged before it is asked for": `
    S: * OK …
    C: a LOGIN {1000000}
    S: * BYE [CLIENTBUG] Cannot take a command of more than 65536 octets
    S: (closes)`,
    "literals that come unasked are small before the login (RFC 7888 §5)": `
    S: * OK …
    C: a LOGIN {4097+}
    S: * BYE [CLIENTBUG] Cannot take 4097 octets unasked before a login
    S: (closes)`,
    "a CR within a line is no end of it: nothing can be smuggled behind it": `
    S: * OK …
    C: a NOOP\\rb LOGOUT
    S: * BYE [CLIENTBUG] Cannot read a line: it has a CR or NUL in it
    S: (closes)`,
    "what comes behind a literal that is refused is not taken for a command": `${login}
    C: a APPEND Nowhere {20+}
    C: b DELETE Important
    C:
    C: c NOOP
    S: a NO [TRYCREATE] …
    S: c OK NOOP completed`,
    "dovecot/core 283: search keys nest 50 deep": `${login}
    C: s SELECT INBOX
    S: * FLAGS …
    S: * OK …
    S: * 1 EXISTS
    S: * 1 RECENT
    S: * OK …
    S: * OK …
    S: * OK …
    S: * OK …
    S: * OK …
    S: s OK …
    C: a SEARCH ${"(".repeat(60)}ALL${")".repeat(60)}
    S: a BAD Cannot read the line: it nests too deep
    C: b SEARCH ${"NOT ".repeat(5_000)}ALL
    S: b BAD Cannot read the line: it nests too deep
    C: c FETCH 1 (${"FLAGS ".repeat(1_500)}UID)
    S: c BAD Cannot read the line: a list is too long
    C: d FETCH 1:4294967295 UID
    S: d BAD There are no such messages
    C: e UID FETCH 1:4294967295,1:4294967295,2:* UID
    S: * 1 FETCH (UID 1)
    S: e OK UID FETCH completed`,
  },
);

transcripts(
  "A password over a line that others read",
  { server: (host) => served(host, [], { allowPlainText: undefined }) },
  {
    "is not taken (LOGINDISABLED, RFC 9051 §6.2.3)": `
    S: * OK [CAPABILITY IMAP4rev1 IMAP4rev2 ID ENABLE IDLE SASL-IR UTF8=ACCEPT LITERAL- LOGINDISABLED AUTH=SCRAM-SHA-256] …
    C: a LOGIN alice wonderland
    S: a NO [PRIVACYREQUIRED] Passwords are taken over TLS only
    C: b AUTHENTICATE PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=
    S: b NO [CANNOT] This mechanism is not offered`,
  },
);

describe("STARTTLS (CVE-2011-1926: command injection)", () => {
  const identity = selfSignedCertificate({ names: ["server"] });
  const tls = { keyPair: () => ({ certificate: identity.certificate, key: identity.key }) };

  test("octets in clear that came along end the session", () =>
    simulate({ seed: 1 }, async (world) => {
      const server = world.host("server");
      await world.listen("tcp:143", served(server, [], { allowPlainText: undefined, tls }), { reactor: server });
      const heard = new RecordingReceiver();
      const transport = await world.connect("tcp:server:143", heard, { reactor: world.host("client") });
      transport.write("a STARTTLS\r\nb LOGIN alice wonderland\r\n");
      await heard.until(() => heard.calls.includes("end"));
      assert.match(heard.text, /\* BYE \[CLIENTBUG\] Octets in clear came along with STARTTLS\r\n$/);
      transport.abort();
    }));

  test("protects what follows, and takes passwords then", () =>
    simulate({ seed: 1 }, async (world) => {
      const server = world.host("server");
      await world.listen("tcp:143", served(server, [], { allowPlainText: undefined, tls }), { reactor: server });
      const heard = new RecordingReceiver();
      const transport = await world.connect("tcp:server:143", heard, { reactor: world.host("client") });
      transport.write("a STARTTLS\r\n");
      await heard.until(() => heard.text.includes("a OK"));
      await transport.startTls({ side: "client", serverName: "server", verify: false });
      transport.write("b CAPABILITY\r\nc LOGIN alice wonderland\r\nd STARTTLS\r\n");
      await heard.until(() => heard.text.includes("d BAD"));
      assert.match(heard.text, /b OK .*\r\nc OK /);
      assert.doesNotMatch(heard.text.slice(heard.text.indexOf("a OK")), /CAPABILITY [^\r]*(STARTTLS|LOGINDISABLED)/);
      transport.abort();
    }));
});

describe("Work that a client makes", () => {
  test("is bounded for sets: a range of all UIDs is two numbers", () => {
    const set = ImapNumberSet.parse("1:4294967295,1:4294967294,*");
    assert.deepEqual(set.ranges(7), [[1, 4_294_967_295]]);
    assert.throws(() => ImapNumberSet.parse("1:4294967296"), ProtocolError);
    assert.throws(() => ImapNumberSet.parse("0"), ProtocolError);
    assert.throws(() => ImapNumberSet.parse(""), ProtocolError);
  });

  test("is bounded for lines: one without an end is cut off", () => {
    const machine = new ImapServerMachine();
    machine.receive(Buffer.alloc(imapLineOctetsMax + 2, "x"));
    assert.throws(() => machine.next(), /Cannot read a line of more than/);
    assert.equal(machine.takeOutput(), "* BYE [CLIENTBUG] Cannot read a line of more than 65536 octets\r\n");
  });

  test("is bounded for literals of one command, taken together (CVE-2024-34055, Cyrus)", () => {
    const machine = new ImapServerMachine();
    machine.send({ type: "logged-in" });
    machine.receive(Buffer.from(`a SEARCH${" SUBJECT {1000+}\r\n".padEnd(1_018, "x").repeat(2_000)}`));
    assert.throws(() => machine.next(), /Cannot take a command of more than 1048576 octets/);
  });

  test("is bounded for messages of one APPEND", () => {
    const machine = new ImapServerMachine();
    machine.send({ type: "logged-in" });
    machine.receive(Buffer.from(`a APPEND INBOX {1+}\r\nx${" {1+}\r\nx".repeat(imapAppendMessagesMax)}`));
    assert.throws(() => {
      for (let event = machine.next(); event !== undefined; event = machine.next())
        if (event.type === "message") machine.send({ type: "continue" });
    }, /Cannot take more than 1000 messages/);
  });

  test("a name of Object's own is no command, no search key, no item", () => {
    for (const text of ["__proto__", "toString", "constructor"])
      assert.throws(() => new ImapScanner({ text, literals: [] }).list(() => ""), ProtocolError);
  });
});
