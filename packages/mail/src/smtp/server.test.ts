import { transcripts } from "@hawser/core/testing";
import { alicePortal, fooServer, mailboxServer } from "./testing/server.test.kit.ts";

const ehlo = (kind: string, ...more: string[]): string =>
  [
    `S: 250-${kind}`,
    "S: 250-PIPELINING",
    "S: 250-SIZE 52428800",
    ...more,
    "S: 250-ENHANCEDSTATUSCODES",
    "S: 250-8BITMIME",
    "S: 250-SMTPUTF8",
    "S: 250-DSN",
    "S: 250-CHUNKING",
    "S: 250-BINARYMIME",
    "S: 250 LIMITS MAILMAX=1000 RCPTMAX=1000",
  ].join("\n");

const hello = `
  S: 220 foo.com ESMTP ready
  C: EHLO bar.com
  ${ehlo("foo.com")}`;

transcripts(
  "SMTP server, the scenarios of RFC 5321 §D",
  { server: () => fooServer() },
  {
    "a typical transaction (RFC 5321 §D.1)": `${hello}
    C: MAIL FROM:<Smith@bar.com>
    S: 250 2.1.0 Ok
    C: RCPT TO:<Jones@foo.com>
    S: 250 2.1.5 Ok
    C: RCPT TO:<Green@foo.com>
    S: 550 5.1.1 No such user
    C: RCPT TO:<Brown@foo.com>
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 …
    C: Blah blah blah...
    C: ...etc. etc. etc.
    C: .
    S: 250 2.0.0 Accepted as …
    C: QUIT
    S: 221 2.0.0 Bye
    S: (closes)`,
    "an aborted transaction (RFC 5321 §D.2)": `${hello}
    C: MAIL FROM:<Smith@bar.com>
    S: 250 2.1.0 Ok
    C: RCPT TO:<Jones@foo.com>
    S: 250 2.1.5 Ok
    C: RCPT TO:<Green@foo.com>
    S: 550 5.1.1 No such user
    C: RSET
    S: 250 2.0.0 Ok
    C: RCPT TO:<Jones@foo.com>
    S: 503 5.5.1 Say MAIL first
    C: QUIT
    S: 221 2.0.0 Bye
    S: (closes)`,
    "a relayed transaction with a source route, which is passed over (RFC 5321 §D.3)": `${hello}
    C: MAIL FROM:<JQP@bar.com>
    S: 250 2.1.0 Ok
    C: RCPT TO:<@foo.com:Jones@XYZ.COM>
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 …
    C: Date: Thu, 21 May 1998 05:33:29 -0700
    C: .
    S: 250 2.0.0 Accepted as …`,
    "a verifying scenario tells nobody (RFC 5321 §D.4, §7.3)": `${hello}
    C: VRFY Crispin
    S: 252 2.1.5 …
    C: EXPN staff
    S: 502 5.5.1 …`,
  },
);

transcripts(
  "SMTP server",
  { server: () => fooServer() },
  {
    "HELO has no extensions (RFC 5321 §4.1.1.1)": `
    S: 220 foo.com ESMTP ready
    C: HELO bar.com
    S: 250 foo.com
    C: MAIL FROM:<a@b.example> SIZE=1
    S: 555 5.5.4 Unknown parameter
    C: MAIL FROM:<>
    S: 250 2.1.0 Ok`,
    "commands out of their order are refused (RFC 5321 §4.1.4)": `
    S: 220 foo.com ESMTP ready
    C: MAIL FROM:<a@b.example>
    S: 503 5.5.1 Say EHLO first
    C: EHLO [192.0.2.1]
    ${ehlo("foo.com")}
    C: RCPT TO:<jones@foo.com>
    S: 503 5.5.1 Say MAIL first
    C: DATA
    S: 503 5.5.1 Say MAIL first
    C: MAIL FROM:<a@b.example>
    S: 250 2.1.0 Ok
    C: MAIL FROM:<a@b.example>
    S: 503 5.5.1 One message at a time
    C: DATA
    S: 554 5.5.1 No recipient was accepted
    C: EHLO again.example
    ${ehlo("foo.com")}
    C: RCPT TO:<jones@foo.com>
    S: 503 5.5.1 Say MAIL first`,
    "what cannot be read is refused, in words": `${hello}
    C: FROB
    S: 500 5.5.2 Unknown command
    C: MAIL FROM: a@b.example
    S: 501 5.1.7 …
    C: MAIL FROM:<a@b.example
    S: 501 5.1.7 …
    C: MAIL FROM:<a@b@c>
    S: 501 5.1.7 …
    C: MAIL FROM:<a@b.example> SIZE=x
    S: 501 5.5.4 …
    C: MAIL FROM:<a@b.example> FROB=1
    S: 555 5.5.4 Unknown parameter
    C: MAIL FROM:<ä@b.example>
    S: 553 5.6.7 …
    C: MAIL FROM:<a@b.example> SIZE=1 SIZE=1
    S: 501 5.1.7 …
    C: RSET
    S: 250 2.0.0 Ok
    C: HELP
    S: 214 2.0.0 See RFC 5321`,
    "several commands in one write are answered in order (RFC 2920)": `${hello}
    C| MAIL FROM:<a@b.example>\\r\\nRCPT TO:<jones@foo.com>\\r\\nRCPT TO:<Green@foo.com>\\r\\nDATA\\r\\n
    S: 250 2.1.0 Ok
    S: 250 2.1.5 Ok
    S: 550 5.1.1 No such user
    S: 354 …
    C| one\\r\\n..two\\r\\n.\\r\\nMAIL FROM:<c@d.example>\\r\\nRSET\\r\\nQUIT\\r\\n
    S: 250 2.0.0 …
    S: 250 2.1.0 Ok
    S: 250 2.0.0 Ok
    S: 221 2.0.0 Bye
    S: (closes)`,
    "postmaster needs no domain (RFC 5321 §4.5.1)": `${hello}
    C: MAIL FROM:<>
    S: 250 2.1.0 Ok
    C: RCPT TO:<PostMaster>
    S: 250 2.1.5 Ok`,
    "parameters of DSN (RFC 3461 §10.1)": `${hello}
    C: MAIL FROM:<Alice@Example.ORG> RET=HDRS ENVID=QQ314159
    S: 250 2.1.0 Ok
    C: RCPT TO:<Bob@foo.com> NOTIFY=SUCCESS ORCPT=rfc822;Bob@Example.COM
    S: 250 2.1.5 Ok
    C: RCPT TO:<Carol@foo.com> NOTIFY=FAILURE ORCPT=rfc822;Carol@Ivory.EDU
    S: 250 2.1.5 Ok
    C: RCPT TO:<Dana@foo.com> NOTIFY=NEVER,SUCCESS
    S: 501 5.5.4 …
    C: RCPT TO:<Dana@foo.com> ORCPT=rfc822;Da+ZZna
    S: 501 5.5.4 …
    C: RCPT TO:<Dana@foo.com> ORCPT=rfc822;a+0D+0Ab
    S: 501 5.5.4 …`,
    "chunks (RFC 3030 §4.2)": `${hello}
    C: MAIL FROM:<Sam@Random.com> BODY=BINARYMIME
    S: 250 2.1.0 Ok
    C: RCPT TO:<Susan@foo.com>
    S: 250 2.1.5 Ok
    C: DATA
    S: 503 5.5.1 Binary content needs BDAT
    C: BDAT 10
    C| a\\x00\\nb\\r.\\r\\n.\\n
    S: 250 2.0.0 10 octets so far
    C| BDAT 4 LAST\\r\\n.\\r\\n.
    S: 250 2.0.0 Accepted as …
    C: QUIT
    S: 221 2.0.0 Bye
    S: (closes)`,
    "the octets of a refused chunk are no commands (RFC 3030 §4.1)": `${hello}
    C| BDAT 6 LAST\\r\\nQUIT\\r\\n
    S: 503 5.5.1 Say MAIL first
    C: MAIL FROM:<a@b.example>
    S: 250 2.1.0 Ok
    C| RCPT TO:<Green@foo.com>\\r\\nBDAT 6 LAST\\r\\nQUIT\\r\\nNOOP\\r\\n
    S: 550 5.1.1 No such user
    S: 554 5.5.1 No recipient was accepted
    S: 250 2.0.0 Ok
    C: BDAT -1
    S: 501 5.5.4 …`,
    "RSET and DATA between chunks (RFC 3030 §2)": `${hello}
    C: MAIL FROM:<a@b.example>
    S: 250 2.1.0 Ok
    C: RCPT TO:<jones@foo.com>
    S: 250 2.1.5 Ok
    C| BDAT 4\\r\\nabcd
    S: 250 2.0.0 4 octets so far
    C: DATA
    S: 503 5.5.1 …
    C: RCPT TO:<jones@foo.com>
    S: 503 5.5.1 …
    C: RSET
    S: 250 2.0.0 Ok
    C| BDAT 0 LAST\\r\\n
    S: 503 5.5.1 Say MAIL first
    C: NOOP
    S: 250 2.0.0 Ok`,
    "UTF-8 in addresses (RFC 6531)": `${hello}
    C: MAIL FROM:<zoë@bücher.example> SMTPUTF8
    S: 250 2.1.0 Ok
    C: RCPT TO:<ジョン@foo.com>
    S: 250 2.1.5 Ok
    C| RCPT TO:<\\xff@foo.com>\\r\\n
    S: 500 5.5.2 Unknown command`,
    "a client that goes within a command is told nothing more": `${hello}
    C| MAI
    C: (closes)
    S: (closes)`,
    "a client that closes its side hears the answers": `${hello}
    C: NOOP
    C: (closes)
    S: 250 2.0.0 Ok
    S: (closes)`,
    "a silent client is sent away (RFC 5321 §4.5.3.2.7)": `${hello}
    (after 301 s)
    S: 421 4.4.2 …
    S: (closes)`,
  },
);

transcripts(
  "SMTP server with small limits",
  {
    server: () =>
      fooServer({
        limits: { messageOctetsMax: 10, recipientsMax: 1, errorsMax: 3, commandOctetsMax: 64, messagesMax: 1 },
        extensions: [],
      }),
  },
  {
    recipients: `
    S: 220 foo.com ESMTP ready
    C: EHLO bar.com
    S: 250 foo.com
    C: MAIL FROM:<a@b.example>
    S: 250 2.1.0 Ok
    C: RCPT TO:<jones@foo.com>
    S: 250 2.1.5 Ok
    C: RCPT TO:<brown@foo.com>
    S: 452 4.5.3 Too many recipients`,
    errors: `
    S: 220 foo.com ESMTP ready
    C: A
    S: 500 5.5.2 Unknown command
    C: B
    S: 500 5.5.2 Unknown command
    C: C
    S: 500 5.5.2 Unknown command
    S: 421 4.7.0 Too many errors
    S: (closes)`,
    "a line": `
    S: 220 foo.com ESMTP ready
    C: NOOP 12345678901234567890123456789012345678901234567890123456789
    S: 500 5.5.2 Line is too long
    S: (closes)`,
    "octets, and messages": `
    S: 220 foo.com ESMTP ready
    C: EHLO bar.com
    S: 250 foo.com
    C: MAIL FROM:<a@b.example>
    S: 250 2.1.0 Ok
    C: RCPT TO:<jones@foo.com>
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 …
    C: 1234567890
    C: .
    S: 552 5.3.4 Message is too large
    C: MAIL FROM:<a@b.example>
    S: 250 2.1.0 Ok
    C: RCPT TO:<jones@foo.com>
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 …
    C: 12345678
    C: .
    S: 250 2.0.0 …
    C: MAIL FROM:<a@b.example>
    S: 452 4.5.3 Too many messages for one session`,
  },
);

transcripts(
  "SMTP server with logins",
  {
    server: (host) =>
      fooServer({
        portal: alicePortal(host),
        sasl: { allowPlainText: true, mechanisms: ["PLAIN", "LOGIN"] },
        requireLogin: true,
        maySendAs: (user, from) => from.address === user.name,
      }),
  },
  {
    "PLAIN with the command (RFC 4954 §4)": `
    S: 220 foo.com ESMTP ready
    C: EHLO bar.com
    ${ehlo("foo.com", "S: 250-AUTH PLAIN LOGIN")}
    C: MAIL FROM:<alice@foo.com>
    S: 530 5.7.0 Log in first
    C: AUTH PLAIN AGFsaWNlQGZvby5jb20Ad29uZGVybGFuZA==
    S: 235 2.7.0 Welcome
    C: AUTH PLAIN AGFsaWNlQGZvby5jb20Ad29uZGVybGFuZA==
    S: 503 5.5.1 …
    C: MAIL FROM:<bob@foo.com>
    S: 553 5.7.1 This is not your address
    C: MAIL FROM:<alice@foo.com> AUTH=<>
    S: 250 2.1.0 Ok
    C: RCPT TO:<anybody@elsewhere.example>
    S: 250 2.1.5 Ok`,
    "LOGIN by challenges, cancelled and wrong": `
    S: 220 foo.com ESMTP ready
    C: EHLO bar.com
    ${ehlo("foo.com", "S: 250-AUTH PLAIN LOGIN")}
    C: AUTH LOGIN
    S: 334 VXNlcm5hbWU6
    C: *
    S: 501 5.0.0 Cancelled
    C: AUTH LOGIN
    S: 334 VXNlcm5hbWU6
    C: !
    S: 501 5.5.2 Not base64
    C: AUTH FROB
    S: 504 5.5.4 …
    C: AUTH PLAIN AGFsaWNlQGZvby5jb20AeA==
    S: 535 5.7.8 …
    C: AUTH LOGIN
    S: 334 VXNlcm5hbWU6
    C: YWxpY2VAZm9vLmNvbQ==
    S: 334 UGFzc3dvcmQ6
    C: d29uZGVybGFuZA==
    S: 235 2.7.0 Welcome`,
  },
);

transcripts(
  "LMTP server",
  { server: () => mailboxServer() },
  {
    "an answer for each recipient that was accepted (RFC 2033 §4.2)": `
    S: 220 foo.edu LMTP ready
    C: EHLO foo.edu
    S: 500 5.5.2 Unknown command
    C: LHLO foo.edu
    ${ehlo("foo.edu")}
    C| MAIL FROM:<chris@bar.com>\\r\\nRCPT TO:<pat@foo.edu>\\r\\nRCPT TO:<nobody@foo.edu>\\r\\nRCPT TO:<full@foo.edu>\\r\\nDATA\\r\\n
    S: 250 2.1.0 Ok
    S: 250 2.1.5 Ok
    S: 550 5.1.1 No such user
    S: 250 2.1.5 Ok
    S: 354 …
    C: Blah blah blah...
    C: .
    S: 250 2.1.5 Delivered
    S: 452 4.2.2 Mailbox is full
    C: QUIT
    S: 221 2.0.0 Bye
    S: (closes)`,
  },
);
