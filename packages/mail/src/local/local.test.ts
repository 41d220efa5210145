import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryReactor } from "@hawser/core/memory";
import { simulate } from "@hawser/core/simulation";
import { connectImap } from "../imap/index.ts";
import { connectPop3 } from "../pop3/index.ts";
import { connectSmtp, SmtpReplyError, sendMail } from "../smtp/index.ts";
import { mailLocal } from "./local.ts";
import type { MailLocal } from "./mail-local.ts";
import type { MailLocalOptions } from "./options.ts";

async function withLocal(
  body: (
    mail: MailLocal,
    parts: { readonly reactor: ReturnType<typeof memoryReactor>; readonly via: string },
  ) => Promise<void>,
  options: MailLocalOptions = {},
): Promise<void> {
  const reactor = memoryReactor();
  await using mail = await mailLocal({ reactor, web: false, ...options });
  await body(mail, { reactor, via: mail.smtpUrl.replace("smtp://", "tcp:") });
}

const draft = (to: string, subject = "Hello") => ({
  from: "Ann <ann@example.org>",
  to,
  subject,
  text: "See https://example.org/go?a=1&b=2.",
});

test("what is sent can be waited for, read and removed", () =>
  withLocal(async (mail, { reactor, via }) => {
    const waiting = mail.waitForMessage({ to: "bob@example.net", subject: /^hel/i });
    await sendMail(draft("carol@example.net"), { via, reactor });
    await sendMail({ ...draft("Bob <BOB@example.net>"), bcc: "dave@example.com" }, { via, reactor });
    const message = await waiting;
    assert.equal(message.id, 2);
    assert.deepEqual(message.from, [{ name: "Ann", address: "ann@example.org" }]);
    assert.deepEqual(message.to, [{ name: "Bob", address: "BOB@example.net" }]);
    assert.deepEqual(message.recipients, ["BOB@example.net", "dave@example.com"]);
    assert.deepEqual(message.bcc, ["dave@example.com"]);
    assert.deepEqual(message.links, ["https://example.org/go?a=1&b=2"]);
    assert.equal(message.text.trim(), "See https://example.org/go?a=1&b=2.");
    assert.equal(message.envelope?.from, "ann@example.org");
    assert.deepEqual(
      message.complaints.filter(({ level }) => level === "error"),
      [],
    );
    assert.match(
      (await mail.message(2)).conversation.join("\n"),
      /^S: 220 [\s\S]*C: MAIL FROM:<ann@example.org>[\s\S]*Kept as message 2/,
    );
    assert.doesNotMatch(message.conversation.join("\n"), /carol/);
    assert.deepEqual(
      mail.messages({ isRead: false }).map(({ id }) => id),
      [1, 2],
    );
    await mail.setRead([1], true);
    assert.deepEqual(
      mail.messages({ isRead: false }).map(({ id }) => id),
      [2],
    );
    assert.equal(await mail.remove({ search: "hello ann carol" }), 1);
    assert.deepEqual(
      mail.messages().map(({ id }) => id),
      [2],
    );
    await assert.rejects(mail.message(1), { code: "no-message" });
  }));

test("whoever waits in vain is told, and nobody waits for ever", () =>
  withLocal(async (mail, { reactor, via }) => {
    await assert.rejects(mail.waitForMessage({ to: "nobody" }, { timeoutMs: 5 }), { code: "no-message" });
    const controller = new AbortController();
    const given = mail.waitForMessage({}, { signal: controller.signal });
    controller.abort(new Error("Enough"));
    await assert.rejects(given, /Enough/);
    const caught = assert.rejects(mail.waitForMessage({ after: 1 }), { code: "stopped" });
    await sendMail(draft("bob@example.net"), { via, reactor });
    await mail.stop();
    await caught;
  }));

test("all mail is in one mailbox, of which an address sees its own; POP3 and IMAP change the same messages", () =>
  withLocal(async (mail, { reactor, via }) => {
    for (const to of ["bob@example.net", "carol@example.net"]) await sendMail(draft(to, to), { via, reactor });
    const endpoint = mail.imapUrl.replace("imap://", "tcp:");
    const login = (user: string) => ({ login: { user, password: "whatever" }, reactor });
    await using bob = await connectImap(endpoint, login("Bob@example.net"));
    await using all = await connectImap(endpoint, login("everybody"));
    await using bobsInbox = await bob.select("INBOX");
    await using inbox = await all.select("INBOX");
    assert.deepEqual([bobsInbox.exists, inbox.exists], [1, 2]);
    const subjects: (string | undefined)[] = [];
    for await (const one of bobsInbox.fetch("1:*", ["uid", "envelope"])) subjects.push(one.envelope?.subject);
    assert.deepEqual(subjects, ["bob@example.net"]);

    await using pop = await connectPop3(mail.pop3Url.replace("pop3://", "tcp:"), login("carol@example.net"));
    const [one] = await pop.list();
    assert.equal(one?.number, 1);
    await pop.delete(1);
    await pop.quit();
    assert.deepEqual(
      mail.messages().map(({ subject }) => subject),
      ["bob@example.net"],
    );
    await all.noop();
    assert.equal(inbox.exists, 1);

    await all.append("INBOX", {
      content: Buffer.from("From: x@example.org\r\nTo: bob@example.net\r\nSubject: Put\r\n\r\nHi\r\n"),
    });
    const put = await mail.waitForMessage({ subject: "Put" });
    assert.equal(put.envelope, undefined);
    assert.deepEqual(put.recipients, ["bob@example.net"]);
    assert.ok(put.complaints.some(({ code }) => code === "date-missing"));
  }));

test("the oldest messages go when there are too many, or too many octets", async () => {
  await withLocal(
    async (mail, { reactor, via }) => {
      for (const subject of ["1", "2", "3"]) await sendMail(draft("bob@example.net", subject), { via, reactor });
      assert.deepEqual(
        mail.messages().map(({ subject }) => subject),
        ["2", "3"],
      );
    },
    { messagesMax: 2 },
  );
  await withLocal(
    async (mail, { reactor, via }) => {
      for (const subject of ["1", "2"])
        await sendMail({ ...draft("b@example.net", subject), text: "x ".repeat(1_000) }, { via, reactor });
      assert.deepEqual(
        mail.messages().map(({ subject }) => subject),
        ["2"],
      );
    },
    { octetsMax: 4_000 },
  );
});

test("what shall fail fails as it was told to, and no longer", () =>
  withLocal(async (mail, { reactor, via }) => {
    mail.fail({ stage: "recipient", match: "*@full.example", reply: "452 4.2.2 Full" });
    mail.fail({ stage: "message", reply: "451", times: 1 });
    await assert.rejects(sendMail(draft("bob@full.example"), { via, reactor }), { code: 452 });
    await assert.rejects(sendMail(draft("bob@example.net"), { via, reactor }), { code: 451 });
    await sendMail(draft("bob@example.net"), { via, reactor });
    mail.clearFailures();
    await sendMail(draft("bob@full.example"), { via, reactor });
    mail.fail({ stage: "sender", drop: true });
    await assert.rejects(sendMail(draft("bob@example.net"), { via, reactor }));
    assert.equal(mail.messages().length, 2);
  }));

test("a pedantic server keeps what breaks an RFC, and tells its sender no", () =>
  withLocal(
    async (mail, { reactor, via }) => {
      await using client = await connectSmtp(via, { reactor });
      const content = "From: a@example.org\r\nSubject: No date\r\n\r\nHi\r\n";
      const refused = await client
        .send({ from: "a@example.org", to: "b@example.org", content })
        .catch((error) => error);
      assert.ok(refused instanceof SmtpReplyError);
      assert.match(refused.message, /550 5\.6\.0 RFC 5322 section 3\.6: There is no Date \(message 1\)/);
      const { isRefused } = await mail.message(1);
      assert.equal(isRefused, true);
      await assert.rejects(mail.waitForMessage({ subject: "No date" }, { timeoutMs: 5 }), { code: "no-message" });
      await sendMail(draft("bob@example.net"), { via, reactor });
      assert.equal(mail.messages({ withRefused: false }).length, 1);
    },
    { pedantic: true },
  ));

test("a message is sent on when somebody says so, octet for octet", () =>
  withLocal(async (elsewhere, { reactor, via: releaseTo }) => {
    await using mail = await mailLocal({ reactor, web: false, releaseTo });
    const via = mail.smtpUrl.replace("smtp://", "tcp:");
    await sendMail({ ...draft("Bob <bob@example.net>"), bcc: "eve@example.org" }, { via, reactor });
    assert.equal(elsewhere.messages().length, 0);
    const { accepted } = await mail.release(1);
    assert.deepEqual(accepted, ["bob@example.net", "eve@example.org"]);
    assert.deepEqual(await elsewhere.source(1), await mail.source(1));
    assert.equal((await elsewhere.message(1)).envelope?.from, "ann@example.org");
    await mail.release(1, ["me@example.com"]);
    assert.deepEqual((await elsewhere.message(2)).recipients, ["me@example.com"]);

    elsewhere.fail({ stage: "recipient", match: "bob@*", reply: "550 5.1.1 Nobody" });
    const { rejected } = await mail.release(1);
    assert.deepEqual(rejected, [{ address: "bob@example.net", reply: "550 Nobody" }]);
    elsewhere.fail({ stage: "sender", reply: "451" });
    await assert.rejects(mail.release(1), { code: "not-released" });
    await assert.rejects(elsewhere.release(1), { code: "no-release" });
    await assert.rejects(mail.release(7), { code: "no-message" });
  }));

test("it works in the simulation, and waits there in virtual time", () =>
  simulate({ seed: 7, latencyMs: [5, 80], cuts: true }, async (world) => {
    const server = world.host("server");
    const mail = await mailLocal({ reactor: server, smtp: "tcp:25", pop3: false, imap: false, web: "tcp:80" });
    const waiting = mail.waitForMessage({ subject: "Later" });
    await world.clock.sleep(20_000);
    await sendMail(draft("bob@example.net", "Later"), { via: "tcp:server:25", reactor: world.host("app") });
    assert.equal((await waiting).subject, "Later");
    await assert.rejects(mail.waitForMessage({ subject: "Never" }, { timeoutMs: 600_000 }), { code: "no-message" });
    await mail.stop();
  }));
