import assert from "node:assert/strict";
import { test } from "node:test";
import { sendMail } from "@hawser/mail/smtp";
import { startHawser } from "./testing/hawser-process.ts";

const here = "tcp:0:interface=127.0.0.1";

test("hawser mail local catches mail, gives it to who waits, and ends when told to", async () => {
  const words = ["--smtp", here, "--web", here, "--pop3", "none", "--imap", "none"];
  await using hawser = await startHawser(["mail", "local", ...words], 2);
  const [smtp = "", web = ""] = hawser.urls;
  const waiting = fetch(`${web}api/v1/messages/wait?to=bob@example.net&timeoutMs=20000`);
  const message = { from: "ann@example.org", to: "bob@example.net", subject: "Hi", text: "Hello" };
  await sendMail(message, { via: smtp.replace("smtp://", "tcp:") });
  const { subject, complaints } = (await (await waiting).json()) as Record<string, unknown>;
  assert.deepEqual([subject, complaints], ["Hi", []]);
  assert.match(await (await fetch(web)).text(), /<title>Mail<\/title>/);
  assert.equal(await hawser.stop(), 0);
  assert.equal(hawser.lines.at(-1), "message 1 to bob@example.net: Hi");
  assert.equal(hawser.errors, "");
});
