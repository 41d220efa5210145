import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { completeMessage, headerRecipients, type SendmailOrigin } from "./complete.ts";
import { withCrlf } from "./input.ts";
import { splitMessage } from "./split.ts";

const origin: SendmailOrigin = {
  author: "alice@example.org",
  fullName: "Alice Ünï",
  hostName: "host.example.org",
  domain: "example.org",
  uid: 1000,
  now: Date.UTC(2026, 10, 26, 12, 0, 0),
  random: { bytes: (count) => new Uint8Array(count).fill(0xab) },
  hopsMax: 3,
};

const received = "Received: by host.example.org (Hawser, from user 1000);\r\n\tThu, 26 Nov 2026 12:00:00 +0000\r\n";
const date = "Date: Thu, 26 Nov 2026 12:00:00 +0000\r\n";
const messageId = `Message-ID: <${origin.now.toString(36)}.${"ab".repeat(12)}@host.example.org>\r\n`;
const from = "From: =?UTF-8?B?QWxpY2Ugw5xuw68=?= <alice@example.org>\r\n";

function completed(text: string, isGateway?: boolean): string {
  return completeMessage(splitMessage(withCrlf(text), 1_000), origin, isGateway);
}

describe("completeMessage", () => {
  test("gives a text without a header one", () => {
    assert.equal(completed("Hello\nWorld: x\n"), `${received}${messageId}${date}${from}\r\nHello\r\nWorld: x\r\n`);
    assert.equal(completed(""), `${received}${messageId}${date}${from}\r\n`);
    assert.equal(completed("\nSubject: body\n").split("\r\n\r\n")[1], "Subject: body\r\n");
  });

  test("keeps what is there, and takes out Bcc and Return-Path", () => {
    const text =
      "From: Bob <bob@example.net>\nBcc: eve@example.net,\n carol@example.net\nDate: x\nReturn-Path: <a@b>\nMessage-Id: <1@x>\nSubject:  \xe4\n\nBcc: stays\n";
    const kept = "From: Bob <bob@example.net>\r\nDate: x\r\nMessage-Id: <1@x>\r\nSubject:  \xe4\r\n\r\nBcc: stays\r\n";
    assert.equal(completed(text), received + kept);
  });

  test("gives addresses in the header their domain, as cron's have none", () => {
    const text =
      "From: root (Cron Daemon)\nTo: root, Bob <bob@example.net>, staff: carol, dave;\nSubject: Cron <root@box> true\n\n";
    assert.match(
      completed(text),
      /^From: Cron Daemon <root@example\.org>\r\nTo: root@example\.org, Bob <bob@example\.net>,\s+staff: carol@example\.org,\s+dave@example\.org;\r\nSubject: Cron <root@box> true\r\n/m,
    );
  });

  test("completes a message that is sent again with Resent- fields (RFC 5322 §3.6.6)", () => {
    const text = "Resent-To: carol@example.net\nResent-Bcc: dave@example.net\nTo: bob@example.net\n\n";
    const lines = completed(text).split("\r\n");
    assert.deepEqual(
      lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split(":")[0]),
      ["Received", "Resent-Message-ID", "Resent-Date", "Resent-From", "Resent-To", "To"],
    );
  });

  test("leaves one from elsewhere as it is, but for Bcc", () => {
    assert.equal(completed("To: root\nBcc: x@y\n\nz\n", true), `${received}To: root\r\n\r\nz\r\n`);
  });

  test("leaves out the line of a mailbox file", () => {
    assert.match(
      completed("From alice Thu Nov 26 12:00:00 2026\n>From x y\nSubject: s\n\nFrom here\n"),
      /\r\nSubject: s\r\n\r\nFrom here\r\n$/,
    );
  });

  test("refuses a message that goes in a circle (RFC 5321 §6.3)", () => {
    assert.ok(completed("Received: x\n".repeat(3)));
    assert.throws(() => completed("Received: x\n".repeat(4)), { code: "unavailable" });
  });

  test("lets nobody begin a field of their own by a full name", () => {
    assert.throws(() => completeMessage(splitMessage("", 0), { ...origin, fullName: "a\r\nBcc: x@y" }));
  });
});

describe("headerRecipients", () => {
  const rows: readonly (readonly [text: string, ...recipients: string[]])[] = [
    [
      "To: a@x.example\nCc: B <b@x.example>, root\nBcc: c@x.example\nTo: d@x.example, a@x.example\nReply-To: no@x.example\n\nTo: body@x.example\n",
      "a@x.example",
      "b@x.example",
      "root@example.org",
      "c@x.example",
      "d@x.example",
    ],
    ["Subject: s\n\n"],
    ["To: undisclosed-recipients:;\n\n"],
    ["To: Team: a@x.example, b@x.example;\n\n", "a@x.example", "b@x.example"],
    ["Resent-To: a@x.example\nResent-Bcc: b@x.example\nTo: no@x.example\n\n", "a@x.example", "b@x.example"],
    [
      "Resent-To: a@x.example\nSubject: s\nResent-Cc: b@x.example\nReceived: r\nResent-To: old@x.example\n\n",
      "a@x.example",
      "b@x.example",
    ],
    ["Resent-To: a@x.example\nResent-To: old@x.example\n\n", "a@x.example"],
    ["Resent-From: a@x.example\nTo: b@x.example\n\n", "b@x.example"],
    ['To: "a@bad.example" <b@x.example>, "a b"@x.example\n\n', "b@x.example", '"a b"@x.example'],
  ];
  for (const [text, ...recipients] of rows)
    test(JSON.stringify(text), () =>
      assert.deepEqual(headerRecipients(splitMessage(withCrlf(text), 1_000), "example.org"), recipients),
    );

  test("refuses an address that is none", () => {
    assert.throws(() => headerRecipients(splitMessage("To: a@b..c\r\n\r\n", 100), "example.org"), { code: "data" });
  });
});
