import assert from "node:assert/strict";
import { test } from "node:test";
import { connectTo } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { mailLocal } from "../local.ts";
import type { MailLocalMessage } from "../message.ts";

const message = [
  "From: ann@example.org",
  "To: bob@example.net",
  "Subject: Hi",
  "Date: Thu, 1 Jan 2026 10:00:00 +0000",
  "Message-ID: <1@example.org>",
  "",
  "Hello",
  ".",
  "",
].join("\r\n");

/** Says these, each when the one before has been answered, and gives the last message as it was seen. */
async function converse(...lines: readonly string[]): Promise<MailLocalMessage> {
  const reactor = memoryReactor();
  await using mail = await mailLocal({ reactor, web: false });
  await using peer = await connectTo(mail.smtpUrl.replace("smtp://", "tcp:"), { reactor });
  await peer.readLine();
  for (const line of lines) {
    peer.write(line);
    const replies = line.startsWith("BDAT") || line.endsWith("\r\n.\r\n") ? 1 : line.split("\r\n").length - 1;
    for (let left = replies; left > 0; ) if ((await peer.readLine())[3] === " ") left--;
  }
  return mail.message(mail.messages().at(-1)!.id);
}

const codes = ({ complaints }: MailLocalMessage) =>
  complaints.map(({ code }) => code).filter((code) => code !== "date-far");
const hello = "EHLO client.example.org\r\n";
const envelope = "MAIL FROM:<ann@example.org>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n";

test("a good conversation is written down, and nobody complains", async () => {
  const { conversation, complaints } = await converse(hello, envelope, message, "QUIT\r\n");
  assert.deepEqual(codes({ complaints } as MailLocalMessage), []);
  assert.deepEqual(
    conversation.filter((line) => line.startsWith("C:")),
    [
      "C: EHLO client.example.org",
      "C: MAIL FROM:<ann@example.org>",
      "C: RCPT TO:<bob@example.net>",
      "C: DATA",
      `C: (${message.length - 3} octets of a message)`,
      "C: QUIT",
    ],
  );
  assert.equal(conversation.at(-1), "S: 221 2.0.0 Bye");
});

test("chunks are no commands (RFC 3030)", async () => {
  const content = message.slice(0, -3);
  const { conversation, ...rest } = await converse(
    hello,
    "MAIL FROM:<ann@example.org>\r\nRCPT TO:<bob@example.net>\r\n",
    `BDAT ${content.length} LAST\r\n${content}`,
    "NOOP\r\n",
  );
  assert.deepEqual(codes({ conversation, ...rest }), []);
  assert.deepEqual(conversation.slice(-4), [
    `C: (${content.length} octets of a message)`,
    "S: 250 2.0.0 Kept as message 1",
    "C: NOOP",
    "S: 250 2.0.0 Ok",
  ]);
});

test("passwords are not written down (RFC 4954)", async () => {
  const plain = Buffer.from("\0ann\0secret").toString("base64");
  const word = (text: string) => `${Buffer.from(text).toString("base64")}\r\n`;
  for (const login of [[`AUTH PLAIN ${plain}\r\n`], ["AUTH LOGIN\r\n", word("ann"), word("secret")]]) {
    const { conversation, envelope: outside } = await converse(hello, ...login, envelope, message);
    assert.equal(outside?.user, "ann");
    assert.doesNotMatch(conversation.join("\n"), new RegExp(`${plain}|${word("secret").trim()}`));
    assert.match(conversation.join("\n"), /C: (AUTH PLAIN )?\*{4}\n/);
  }
});

test("each message has what was said for it, and what came before the first", async () => {
  const { conversation } = await converse(hello, envelope, message, envelope.replace("ann", "eve"), message);
  assert.match(conversation.join("\n"), /EHLO[\s\S]*FROM:<eve@example.org>[\s\S]*message 2/);
  assert.doesNotMatch(conversation.join("\n"), /FROM:<ann/);
});

const faults: readonly (readonly [name: string, expected: readonly string[], lines: readonly string[]])[] = [
  ["HELO", ["hello-old"], ["HELO client.example.org\r\n", envelope, message]],
  ["a bare name", ["hello-name"], ["EHLO localhost\r\n", envelope, message]],
  ["a name that is none", ["hello-name"], ["EHLO my_host.example\r\n", envelope, message]],
  ["an address without brackets", ["hello-name"], ["EHLO 192.0.2.1\r\n", envelope, message]],
  ["an address in brackets", [], ["EHLO [192.0.2.1]\r\n", envelope, message]],
  ["an IPv6 address", [], ["EHLO [IPv6:2001:db8::1]\r\n", envelope, message]],
  ["space before a path", ["path-space"], [hello, envelope.replace("TO:<", "TO: <"), message]],
  ["RCPT before MAIL", ["command-order"], [hello, "RCPT TO:<a@example.org>\r\n", envelope, message]],
  ["an unknown command", ["command-unknown"], [hello, "FNORD\r\n", envelope, message]],
  ["an unknown parameter", ["command-parameter"], [hello, "MAIL FROM:<a@example.org> X=1\r\n", envelope, message]],
  ["no brackets", ["command-syntax"], [hello, "MAIL FROM:a@example.org\r\n", envelope, message]],
  ["no wait for EHLO", ["early-octets"], [`${hello}${envelope}`, message]],
  ["LF in the message", ["bare-line-ending"], [hello, envelope, message.replace("Hi\r", "Hi")]],
];

for (const [name, expected, lines] of faults)
  test(`complaints about ${name}: ${expected.join(", ") || "none"}`, async () => {
    assert.deepEqual(codes(await converse(...lines)), expected);
  });

test("complaints about the session are told with each of its messages, those about a message once", async () => {
  const spaced = envelope.replace("TO:<", "TO: <");
  assert.deepEqual(codes(await converse("EHLO localhost\r\n", spaced, message, envelope, message)), ["hello-name"]);
});
