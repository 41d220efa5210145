import assert from "node:assert/strict";
import { test } from "node:test";
import { complaintsAbout } from "./complaints.ts";
import { type MailComplaintCode, mailComplaintRules } from "./rules.ts";
import type { MailComplaintFacts } from "./source.ts";

const now = Date.UTC(2026, 0, 1, 12);

/** A message: fields replace those that are there already, or come behind them; `undefined` takes one away. */
type Fields = Readonly<Record<string, string | undefined>>;

function write(fields: Fields = {}, body = "Hello\n"): string {
  const base: Fields = {
    From: "Ann <ann@example.org>",
    To: "bob@example.net",
    Subject: "Hi",
    Date: "Thu, 1 Jan 2026 11:59:00 +0000",
    "Message-ID": "<1.a@example.org>",
  };
  const all = Object.entries({ ...base, ...fields }).filter(([, value]) => value !== undefined);
  return `${all.map(([name, value]) => `${name}: ${value}\n`).join("")}\n${body}`;
}

const mime = (fields: Fields, body: string): string => write({ "MIME-Version": "1.0", ...fields }, body);
const text = (fields: Fields, body: string) => mime({ "Content-Type": "text/plain; charset=utf-8", ...fields }, body);
const part = (type: string, body = "x", more = "") => `Content-Type: ${type}\n${more}\n${body}\n`;
const multipart = (kind: string, ...parts: readonly string[]) =>
  mime({ "Content-Type": `multipart/${kind}; boundary=b` }, `${parts.map((one) => `--b\n${one}`).join("")}--b--\n`);

/** Octets of a message: LF becomes CRLF, and characters up to U+00FF are octets. */
function octetsOf(source: string): Uint8Array {
  return Buffer.from(source.replace(/(?<!\r)\n/g, "\r\n"), "latin1");
}

function codes(source: string, facts: MailComplaintFacts = {}): readonly string[] {
  return complaintsAbout(octetsOf(source), { now, body: "7BIT", ...facts }).map(({ code }) => code);
}

const clean: readonly (readonly [string, string, MailComplaintFacts?])[] = [
  ["plain text", write()],
  ["no zone name, a comment behind the date", write({ Date: "1 Jan 2026 11:59 -0000 (UTC)" })],
  [
    "groups, quoted names, comments, literals",
    write({ To: 'Team: a@example.org, "B, C" <b@[192.0.2.1]>;, d@example.org (Dee)', Cc: "undisclosed-recipients:;" }),
  ],
  ["several authors and a sender", write({ From: "a@example.org, b@example.org", Sender: "a@example.org" })],
  ["answers", write({ "In-Reply-To": "<a@b> <c@d>", References: "<a@b>\n <c@[192.0.2.1]>" })],
  [
    "encoded words, folded",
    write({
      Subject: "=?utf-8?Q?Caf=C3=A9?=\n =?ISO-8859-1*fr?B?6fQ=?=",
      From: "=?utf-8?B?w4Q=?= <a@example.org>",
      To: "b@example.org (=?us-ascii?q?x?=)",
    }),
  ],
  ["8BITMIME", text({ "Content-Transfer-Encoding": "8bit" }, "\xc3\xa4\n"), { body: "8BITMIME" }],
  ["SMTPUTF8", write({ Subject: "\xc3\xa4", To: "\xc3\xa4@example.org" }), { utf8: true }],
  ["quoted-printable", text({ "Content-Transfer-Encoding": "quoted-printable" }, `${"=C3=A4".repeat(12)}=\nx=20\n`)],
  ["base64", text({ "Content-Transfer-Encoding": "base64" }, "w6Q=\n")],
  [
    "alternatives with pictures",
    multipart(
      "alternative",
      part("text/plain"),
      `${part("multipart/related; boundary=c", `--c\n${part("text/html", '<img src="cid:p@q">')}--c\n${part("image/png", "AAAA", "Content-ID: <p@q>\nContent-Transfer-Encoding: base64\n")}--c--`)}`,
    ),
  ],
  [
    "parameters",
    multipart(
      "mixed",
      part(
        'text/plain; charset="us-ascii" (so); format=flowed; delsp=yes',
        "x",
        "Content-Disposition: attachment; filename*0*=utf-8''%C3%A4;\n filename*1=\"b c.txt\"\n",
      ),
    ),
  ],
  [
    "a list",
    write({
      "List-Id": "<l.example.org>",
      "List-Unsubscribe": "<mailto:a@example.org>, <https://example.org/u?1>",
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }),
  ],
  ["an enclosed message", multipart("mixed", part("message/rfc822", write({ Date: "nonsense" }).trimEnd()))],
  ["the size as it is", write(), { size: octetsOf(write()).length }],
];

for (const [name, source, facts] of clean)
  test(`nothing to complain about: ${name}`, () => assert.deepEqual(codes(source, facts), []));

/** One message for each rule that breaks it, and the line that the complaint is about. */
const broken: readonly (readonly [MailComplaintCode, string, (number | undefined)?, MailComplaintFacts?])[] = [
  ["line-too-long", write({}, `a\n${"x".repeat(999)}\n`), 8],
  ["line-long", write({}, `${"x".repeat(79)}\n`), 7],
  ["bare-line-ending", write({}, "a\rb\n"), 7],
  ["nul-octet", write({}, "a\n\0\n"), 8],
  ["eight-bit-undeclared", text({ "Content-Transfer-Encoding": "8bit" }, "\xc3\xa4\n"), 10],
  ["size-wrong", write(), undefined, { size: 10 }],
  ["field-syntax", write({ Subject: "Hi\nno field here" }), 4],
  ["field-space", write({ "X-Y ": "z" }), 6],
  ["field-control", write({ Subject: "a\x07b" }), 3],
  ["field-not-ascii", write({ Subject: "\xc3\xa4" }), 3],
  ["field-not-utf8", write({ Subject: "\xe4" }), 3, { utf8: true }],
  ["field-twice", write({ subject: "again" }), 6],
  ["fold-blank", write({ Subject: "a\n \n b" }), 3],
  ["date-missing", write({ Date: undefined })],
  ["from-missing", write({ From: undefined })],
  ["sender-missing", write({ From: "a@example.org, b@example.org" }), 1],
  ["message-id-missing", write({ "Message-ID": undefined })],
  ["message-id-syntax", write({ "Message-ID": "<no at>" }), 5],
  ["message-id-syntax", write({ References: "<a@b> c" }), 6],
  ["subject-missing", write({ Subject: undefined })],
  ["destination-missing", write({ To: undefined })],
  ["bcc-left", write({ Bcc: "eve@example.org" }), 6],
  ["return-path", write({ "Return-Path": "<a@example.org>" }), 6],
  ["date-syntax", write({ Date: "2026-01-01 12:00" }), 4],
  ["date-syntax", write({ Date: "Thu, 31 Feb 2026 12:00:00 +0000" }), 4],
  ["date-obsolete", write({ Date: "Thu, 1 Jan 2026 12:00:00 GMT" }), 4],
  ["date-obsolete", write({ Date: "1 Jan 26 12:00 +0000" }), 4],
  ["date-weekday", write({ Date: "Fri, 1 Jan 2026 12:00:00 +0000" }), 4],
  ["date-far", write({ Date: "Thu, 1 Jan 2015 12:00:00 +0000" }), 4],
  ["address-syntax", write({ To: "Bob <bob@example.net" }), 2],
  ["address-syntax", write({ To: "J. Doe <bob@example.net>" }), 2],
  ["address-syntax", write({ To: "bob" }), 2],
  ["address-syntax", write({ To: "bob@exa_mple.net" }), 2],
  ["address-syntax", write({ To: '"bob <bob@example.net>' }), 2],
  ["address-syntax", write({ To: "Team: a@example.org" }), 2],
  ["address-syntax", write({ To: "a..b@example.org" }), 2],
  ["address-empty", write({ To: "a@example.org, , b@example.org" }), 2],
  ["address-empty", write({ To: "" }), 2],
  ["encoded-word-syntax", write({ Subject: "=?utf-8?X?abc?=" }), 3],
  ["encoded-word-syntax", write({ Subject: "=?utf-8?B?abc?=" }), 3],
  ["encoded-word-syntax", write({ Subject: "=?utf-8?Q?a=4?=" }), 3],
  ["encoded-word-long", write({ Subject: `=?utf-8?Q?${"a".repeat(64)}?=` }), 3],
  ["encoded-word-charset", write({ Subject: "=?utf-99?Q?a?=" }), 3],
  ["encoded-word-octets", write({ Subject: "=?utf-8?Q?a=C3?=" }), 3],
  ["encoded-word-glued", write({ Subject: "a=?utf-8?Q?b?=" }), 3],
  ["encoded-word-quoted", write({ From: '"=?utf-8?Q?b?=" <a@example.org>' }), 1],
  ["mime-version-missing", write({ "Content-Type": "text/plain" }), 6],
  ["mime-version", mime({ "MIME-Version": "2.0" }, "x\n"), 6],
  ["content-type-syntax", mime({ "Content-Type": "text" }, "x\n"), 7],
  ["parameter-syntax", mime({ "Content-Type": "text/plain; charset=utf-8; name=a b.txt" }, "x\n"), 7],
  ["transfer-encoding-unknown", mime({ "Content-Transfer-Encoding": "utf-8" }, "x\n"), 7],
  [
    "transfer-encoding-composite",
    mime({ "Content-Transfer-Encoding": "base64", "Content-Type": "multipart/mixed; boundary=b" }, "LS1i\n"),
    7,
  ],
  ["eight-bit-unlabelled", text({}, "\xc3\xa4\n"), 9, { body: "8BITMIME" }],
  ["base64-syntax", text({ "Content-Transfer-Encoding": "base64" }, "w6Q\n"), 10],
  ["base64-syntax", text({ "Content-Transfer-Encoding": "base64" }, "w6Q=\nw6Q=\n"), 11],
  ["base64-syntax", text({ "Content-Transfer-Encoding": "base64" }, "w6*=\n"), 10],
  ["base64-long", text({ "Content-Transfer-Encoding": "base64" }, `${"QUJD".repeat(20)}\n`), 10],
  ["quoted-printable-syntax", text({ "Content-Transfer-Encoding": "quoted-printable" }, "a\n=XY\n"), 11],
  ["quoted-printable-syntax", text({ "Content-Transfer-Encoding": "quoted-printable" }, "=c3=a4\n"), 10],
  ["quoted-printable-syntax", text({ "Content-Transfer-Encoding": "quoted-printable" }, "a \n"), 10],
  ["quoted-printable-long", text({ "Content-Transfer-Encoding": "quoted-printable" }, `${"x".repeat(77)}\n`), 10],
  [
    "content-id-syntax",
    multipart("mixed", part("image/png", "AAAA", "Content-ID: p\nContent-Transfer-Encoding: base64\n")),
    11,
  ],
  ["charset-unknown", mime({ "Content-Type": "text/plain; charset=utf-99" }, "x\n"), 7],
  ["charset-octets", text({ "Content-Transfer-Encoding": "quoted-printable" }, "=E4\n"), 7],
  ["boundary-missing", mime({ "Content-Type": "multipart/mixed" }, "x\n"), 7],
  ["boundary-syntax", mime({ "Content-Type": 'multipart/mixed; boundary="a*b"' }, "--a*b\n\nx\n--a*b--\n"), 7],
  ["boundary-unused", mime({ "Content-Type": "multipart/mixed; boundary=b" }, "x\n"), 7],
  ["boundary-unclosed", mime({ "Content-Type": "multipart/mixed; boundary=b" }, "--b\n\nx\n"), 7],
  ["boundary-clash", multipart("mixed", part("multipart/mixed; boundary=b", "--b\n\nx\n--b--")), 10],
  ["alternative-order", multipart("alternative", part("text/html"), part("text/plain")), 14],
  ["text-missing", mime({ "Content-Type": "text/html; charset=utf-8" }, "<p>x\n"), 1],
  ["content-id-dangling", multipart("related", part("text/plain"), part("text/html", '<img src="cid:gone@x">')), 16],
  ["unsubscribe-syntax", write({ "List-Unsubscribe": "https://example.org/u" }), 6],
  ["unsubscribe-missing", write({ Precedence: "bulk" })],
  ["unsubscribe-one-click", write({ "List-Unsubscribe": "<mailto:a@example.org>" }), 6],
];

for (const [code, source, line, facts] of broken)
  test(`${code}: ${mailComplaintRules[code].text}`, () => {
    const complaints = complaintsAbout(octetsOf(source), { now, body: "7BIT", ...facts });
    const found = complaints.find((one) => one.code === code);
    assert.ok(found !== undefined, `only ${complaints.map((one) => one.code).join(", ")}`);
    assert.equal(found.line, line);
    assert.equal(found.section.startsWith("RFC "), true);
  });

test("every rule has a message that breaks it", () => {
  const shown = new Set<string>(broken.map(([code]) => code));
  assert.deepEqual(
    Object.keys(mailComplaintRules).filter((code) => !shown.has(code)),
    [],
  );
});

test("hostile messages are looked through in time, and complained of no more than anybody reads", () => {
  const bombs: readonly string[] = [
    "",
    "\n".repeat(200_000),
    "<".repeat(200_000),
    write({ To: "(".repeat(200_000) }),
    write({ To: '"\\'.repeat(100_000) }),
    write({ Subject: "=?utf-8?Q?".repeat(20_000) }),
    mime({ "Content-Type": `text/plain; ${'a="\\'.repeat(50_000)}` }, ""),
    mime({ "Content-Type": "text/html" }, '<img src="cid:'.repeat(20_000)),
    Array.from({ length: 2_000 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`).join(""),
    write({}, `${`${"x".repeat(1_000)}\n`.repeat(300)}`),
  ];
  const octets = bombs.map(octetsOf);
  for (const [i, source] of octets.entries()) assert.ok(complaintsAbout(source, { now }).length <= 200, `${i}`);
});
