import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import PostalMime from "postal-mime";
import { readMessage } from "../reading/message.ts";
import { composeMessage, type MailDraft } from "./message.ts";

/** Chance that always draws something else. */
function counting(): { bytes(count: number): Uint8Array } {
  let drawn = 0;
  return { bytes: (count) => Buffer.alloc(count, String(++drawn)) };
}

const now = Date.UTC(2026, 10, 26, 12);
const compose = (draft: MailDraft, options: { eightBit?: boolean; utf8?: boolean; keepBcc?: boolean } = {}): Buffer =>
  Buffer.from(composeMessage(draft, { now, random: counting(), ...options }));

describe("composeMessage", () => {
  test("writes a plain message that needs no encoding as one would by hand", () => {
    const draft = {
      from: "Alice <alice@example.org>",
      to: "bob@example.net",
      bcc: "eve@example.com",
      subject: "Hi",
      text: "Hello",
    };
    assert.equal(
      compose({ ...draft, messageId: "1@example.org" }).toString(),
      [
        "Date: Thu, 26 Nov 2026 12:00:00 +0000",
        "From: Alice <alice@example.org>",
        "To: bob@example.net",
        "Subject: Hi",
        "Message-ID: <1@example.org>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Hello",
        "",
      ].join("\r\n"),
    );
    assert.match(compose(draft, { keepBcc: true }).toString(), /^Bcc: eve@example\.com\r$/m);
  });

  test("uses eight bits only where they may be used", () => {
    const draft = { from: "Zoë <zoë@example.org>", subject: "Grüße", text: "Grüße" };
    assert.match(compose(draft, { eightBit: true }).toString(), /Content-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n$/);
    assert.match(compose(draft, { utf8: true }).toString(), /^Subject: Grüße\r$/m);
    assert.match(compose({ ...draft, from: "a@b" }).toString("latin1"), /^[\r\n -~]*$/);
  });

  test("lets nothing that is given begin a field or a part of its own (GHSA-9h6g-pr28-7cqp, CVE-2021-23400)", () => {
    const draft = { from: "a@b", text: "" };
    for (const wrong of [
      { ...draft, to: { type: "mailbox", name: "x\r\nBcc: e@f", localPart: "a", domain: "b" } as const },
      { ...draft, messageId: "x>\r\nBcc: e@f" },
      { ...draft, fields: [["X\r\nBcc: e@f", "x"]] as const },
      { ...draft, to: "   x y z" },
    ])
      assert.throws(() => compose(wrong), { name: "MimeError" });
    const subject = compose({ ...draft, subject: "x\r\nBcc: e@f\r\n\r\nbody" }).toString();
    assert.doesNotMatch(subject, /^Bcc/m);
  });

  const text = fc.string({
    unit: fc.constantFrom("a", "é", "日", " ", "\r\n", "=", "-", ".", "x".repeat(300)),
    maxLength: 60,
  });
  const filename = fc
    .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 80 })
    .map((name) => `f${name.replace(/[/\\]/g, "")}f`);
  const attachments = fc.array(fc.record({ filename, content: fc.uint8Array({ maxLength: 300 }) }), { maxLength: 3 });
  const drafts = fc.record({
    subject: fc.string({ unit: "grapheme", maxLength: 100 }),
    text,
    html: fc.option(text, { nil: undefined }),
    attachments,
  });

  test("writes what reads the same, here and elsewhere, in lines of 998 octets", async () => {
    await fc.assert(
      fc.asyncProperty(drafts, fc.boolean(), async (parts, eightBit) => {
        const subject = parts.subject.replace(/[\r\n\0]/g, " ");
        const octets = compose({ from: "a@b.example", ...parts, subject }, { eightBit });
        for (const line of octets.toString("latin1").split("\r\n"))
          assert.ok(line.length <= 998 && !/[\r\n]/.test(line));
        const read = readMessage(octets);
        assert.equal(read.subject ?? "", subject);
        assert.equal(read.text!.trimEnd(), parts.text.trimEnd());
        assert.equal(read.html?.trimEnd(), parts.html?.trimEnd());
        assert.deepEqual(
          read.attachments.map((one) => [one.filename, [...one.content()]]),
          parts.attachments.map((one) => [one.filename.trim(), [...one.content]]),
        );
        const theirs = await PostalMime.parse(octets);
        assert.equal(
          (theirs.text ?? "").replaceAll("\r\n", "\n").trimEnd(),
          parts.text.replaceAll("\r\n", "\n").trimEnd(),
        );
        assert.equal(theirs.attachments.length, parts.attachments.length);
        for (const [i, one] of theirs.attachments.entries())
          assert.deepEqual([...new Uint8Array(one.content as ArrayBuffer)], [...parts.attachments[i]!.content]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("readMessage", () => {
  test("reads what people see, and the names of files without their paths", () => {
    const message = readMessage(
      Buffer.from(
        [
          "From: =?UTF-8?Q?Zo=C3=AB?= <zoe@example.org>",
          "To: a@b, c@d",
          "Date: Thu, 26 Nov 2026 12:00:00 +0100",
          "Message-ID: <1@example.org>",
          "Content-Type: multipart/mixed; boundary=b",
          "",
          "--b",
          "Content-Type: text/plain; charset=iso-8859-1",
          "Content-Transfer-Encoding: quoted-printable",
          "",
          "caf=E9",
          "--b",
          'Content-Disposition: attachment; filename="../../etc/passwd"',
          "",
          "x",
          "--b",
          "Content-Type: message/rfc822",
          "",
          "Subject: inside",
          "",
          "not to be seen",
          "--b--",
        ].join("\r\n"),
      ),
    );
    assert.equal(message.text, "café");
    assert.equal(message.html, undefined);
    assert.deepEqual(message.from, [{ type: "mailbox", name: "Zoë", localPart: "zoe", domain: "example.org" }]);
    assert.equal(message.messageId, "1@example.org");
    assert.equal(message.date?.offsetMinutes, 60);
    assert.deepEqual(
      message.attachments.map(({ filename, contentType }) => [filename, contentType]),
      [
        ["passwd", "text/plain"],
        [undefined, "message/rfc822"],
      ],
    );
  });
});
