import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import { RecordingReceiver, transcripts } from "@hawser/core/testing";
import { pop3Server } from "./server.ts";
import { alicesMail } from "./testing/mailboxes.test.kit.ts";

const login = `
  S: +OK … is ready
  C: USER alice
  S: +OK And the password?
  C: PASS wonderland
  S: +OK 3 messages`;

transcripts(
  "POP3 (RFC 1939)",
  { server: (host) => pop3Server(alicesMail(host).portal, { allowPlainText: true, host: "pop.example.org" }) },
  {
    "a maildrop is looked at, read and emptied": `${login}
      C: STAT
      S: +OK 3 216100
      C: LIST
      S: +OK 3 messages
      S: 1 31
      S: 2 52
      S: 3 216017
      S: .
      C: LIST 2
      S: +OK 2 52
      C: UIDL 1
      S: +OK 1 ….1
      C: RETR 1
      S: +OK 31 octets
      S: Subject: one
      S: 
      S: first
      S: second
      S: .
      C: DELE 1
      S: +OK Message 1 is deleted
      C: RETR 1
      S: -ERR Message 1 is deleted already
      C: DELE 1
      S: -ERR Message 1 is deleted already
      C: STAT
      S: +OK 2 216069
      C: LIST
      S: +OK 2 messages
      S: 2 52
      S: 3 216017
      S: .
      C: RSET
      S: +OK The maildrop has 3 messages (216100 octets)
      C: DELE 2
      S: +OK Message 2 is deleted
      C: QUIT
      S: +OK Bye
      S: (closes)`,
    "dots that begin lines are doubled (RFC 1939 §3)": `${login}
      C: RETR 2
      S: +OK 52 octets
      S: Subject: dots
      S: 
      S: ..
      S: ...
      S: ..a
      S: last line without an end
      S: .`,
    "TOP gives the header and the first lines (RFC 1939 §7)": `${login}
      C: TOP 1 0
      S: +OK Top of the message
      S: Subject: one
      S: 
      S: .
      C: TOP 3 1
      S: +OK Top of the message
      S: Subject: long
      S: 
      S: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
      S: .
      C: TOP 2 99
      S: +OK Top of the message
      S: Subject: dots
      S: 
      S: ..
      S: ...
      S: ..a
      S: last line without an end
      S: .`,
    "PASS before USER is refused (RFC 1939 §7)": `
      S: +OK …
      C: PASS secret
      S: -ERR USER first`,
    "a wrong password says no more than that it is wrong (RFC 3206 §4)": `
      S: +OK …
      C: USER nobody
      S: +OK And the password?
      C: PASS x
      S: -ERR [AUTH] Wrong name or password
      C: USER alice
      S: +OK And the password?
      C: PASS wrong
      S: -ERR [AUTH] Wrong name or password`,
    "commands come in any case, out of place or with too much they are refused": `
      S: +OK …
      C: stat
      S: -ERR Log in first
      C: nonsense
      S: -ERR There is no such command
      C: user
      S: -ERR Say USER name
      C: Quit now
      S: -ERR Say QUIT
      C: qUIT
      S: +OK Bye
      S: (closes)`,
    "numbers that are none are refused": `${login}
      C: RETR 0
      S: -ERR There is no message 0
      C: RETR 4
      S: -ERR There is no message 4
      C: RETR -1
      S: -ERR That is no number of a message
      C: TOP 1
      S: -ERR Say TOP number lines
      C: LIST 99999999999
      S: -ERR That is no number of a message
      C: USER bob
      S: -ERR You are logged in already`,
    "commands may come all at once (RFC 2449 §6.6)": `
      S: +OK …
      C: USER alice
      C: PASS wonderland
      C: NOOP
      C: LIST 1
      C: QUIT
      S: +OK And the password?
      S: +OK 3 messages
      S: +OK 
      S: +OK 1 31
      S: +OK Bye
      S: (closes)`,
    "what the server can do is told, and less of it after the login (RFC 2449 §5)": `
      S: +OK …
      C: CAPA
      S: +OK What there is
      S: TOP
      S: UIDL
      S: RESP-CODES
      S: AUTH-RESP-CODE
      S: PIPELINING
      S: EXPIRE NEVER
      S: UTF8 USER
      S: IMPLEMENTATION Hawser
      S: USER
      S: SASL SCRAM-SHA-256 PLAIN LOGIN
      S: .
      C: AUTH
      S: +OK These mechanisms
      S: SCRAM-SHA-256
      S: PLAIN
      S: LOGIN
      S: .`,
    "PLAIN logs in with its command, or when it is asked (RFC 5034 §4)": `
      S: +OK …
      C: AUTH PLAIN AGFsaWNlAHdyb25n
      S: -ERR [AUTH] Wrong name or password
      C: AUTH PLAIN
      S: +\\x20
      C: *
      S: -ERR You have given up
      C: AUTH PLAIN
      S: +\\x20
      C: AGFsaWNlAHdvbmRlcmxhbmQ=
      S: +OK 3 messages`,
    "base64 that is none ends the exchange": `
      S: +OK …
      C: AUTH PLAIN !!!
      S: -ERR That is not base64
      C: AUTH NOTHING
      S: -ERR The exchange broke its rules`,
    "who says nothing is sent away before the login after one minute": `
      S: +OK …
      (after 60 s)
      S: -ERR You were silent for too long
      S: (closes)`,
    "who says nothing is sent away after ten minutes (RFC 1939 §3)": `${login}
      (after 599 s)
      C: NOOP
      S: +OK 
      (after 600 s)
      S: -ERR You were silent for too long
      S: (closes)`,
    "lines that do not end with CRLF, or do not end, end the session": `
      S: +OK …
      C| NOOP\\nNOOP\\r\\n
      S: -ERR That was no line of POP3
      S: (closes)`,
    "a command too long ends the session": `
      S: +OK …
      C: USER ${"x".repeat(300)}
      S: -ERR That was no line of POP3
      S: (closes)`,
    "twenty errors end the session": `
      S: +OK …
${"      C: X\n      S: -ERR There is no such command\n".repeat(20)}
      S: (closes)`,
    "UTF8 and LANG are taken (RFC 6856)": `
      S: +OK …
      C: UTF8
      S: +OK UTF-8
      C: LANG
      S: +OK Languages
      S: en English
      S: .
      C: LANG de
      S: -ERR Only English is spoken here`,
  },
);

transcripts(
  "POP3 where others read along",
  { server: (host) => pop3Server(alicesMail(host).portal) },
  {
    "no password is taken in clear (RFC 8314 §3)": `
      S: +OK …
      C: USER alice
      S: -ERR Passwords are taken over TLS only: STLS first
      C: PASS wonderland
      S: -ERR Passwords are taken over TLS only: STLS first
      C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=
      S: -ERR The exchange broke its rules
      C: STLS
      S: -ERR TLS is not to be had, or is there already`,
  },
);

describe("POP3 with STLS (RFC 2595 §4)", () => {
  for (const cuts of [false, "each-octet"] as const) {
    test(`commands that come along with STLS are never obeyed (CVE-2011-0411), cut: ${cuts}`, () =>
      simulate({ cuts }, async (world) => {
        const host = world.host("server");
        const tls = { keyPair: () => ({ certificate: "none", key: "none" }) };
        await world.listen("tcp:110", pop3Server(alicesMail(host).portal, { tls, allowPlainText: true }), {
          reactor: host,
        });
        const side = new RecordingReceiver();
        const transport = await world.connect("tcp:server:110", side, { reactor: world.host("client") });
        transport.write("STLS\r\nUSER alice\r\nPASS wonderland\r\n");
        await side.until(() => side.calls.includes("closed") || side.calls.includes("end"));
        assert.doesNotMatch(side.text, /password|messages/);
        transport.abort();
      }));
  }
});

transcripts(
  "APOP (RFC 1939 §7)",
  { server: (host) => pop3Server(alicesMail(host).portal, { apop: true }) },
  {
    "its challenge stands in the greeting, and holds once": `
      S: +OK localhost is ready <…@localhost>
      C: APOP alice c4c9334bac560ecc979e58001b3e22fb
      S: -ERR [AUTH] Wrong name or password
      C: APOP alice c4c9334bac560ecc979e58001b3e22fb
      S: -ERR APOP is not offered`,
  },
);
