// A test of a program that sends mail: it waits for the message, and bears a server that fails.     node examples/dist/wait-for-mail.js
import assert from "node:assert/strict";
import { test } from "node:test";
import { mailLocal } from "@hawser/mail/local";
import { SmtpReplyError, sendMail } from "@hawser/mail/smtp";

/** The program: it writes to who has signed up, and tries once more when it is told to come later. */
async function signUp(email: string, via: string): Promise<void> {
  const link = `https://app.example.org/confirm?email=${encodeURIComponent(email)}`;
  const message = { from: "app@example.org", to: email, subject: "Confirm your address", text: `Follow ${link}\n` };
  try {
    await sendMail(message, { via });
  } catch (error) {
    if (!(error instanceof SmtpReplyError && error.temporary)) throw error;
    await sendMail(message, { via });
  }
}

test("whoever signs up gets a link", async () => {
  await using mail = await mailLocal();
  await signUp("ada@example.net", mail.smtpUrl.replace("smtp://", "tcp:"));
  const { links, complaints } = await mail.waitForMessage({ to: "ada@example.net", subject: "confirm" });
  assert.deepEqual(links, ["https://app.example.org/confirm?email=ada%40example.net"]);
  assert.deepEqual(complaints, [], "the message breaks no RFC");
});

test("also when the server is busy the first time", async () => {
  await using mail = await mailLocal({ failures: [{ stage: "message", reply: "451 4.3.0 Busy", times: 1 }] });
  await signUp("ada@example.net", mail.smtpUrl.replace("smtp://", "tcp:"));
  assert.equal(mail.messages({ to: "ada@example.net" }).length, 1);
});
