import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addUser, lockUser } from "@hawser/auth";
import { memoryTree } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { simulate, type World } from "@hawser/core/simulation";
import { mailQueue } from "../queue/mail-queue.ts";
import { memoryMailQueueStore } from "../queue/memory/store.ts";
import type { MailQueue, MailTransport, NewQueuedMail } from "../queue/queue.ts";
import { connectSmtp } from "../smtp/client.ts";
import { smtpServer } from "../smtp/server.ts";
import { memoryMail } from "../store/memory/store.ts";
import type { MailStore } from "../store/store.ts";
import { memoryMailAliases } from "./aliases/memory.ts";
import { localDelivery } from "./delivery/local.ts";
import { mailDomainTransport } from "./delivery/transport.ts";
import { mailRouter } from "./router/router.ts";
import { mailSenderRewriting } from "./router/srs.ts";
import { mailUsersOf } from "./router/users.ts";
import { mailDomain } from "./service/mail-domain.ts";

/** One of two domains that send mail to each other: `a.example` and `b.example`, on hosts of these names. */
interface Place {
  readonly store: MailStore;
  readonly queue: MailQueue;
  inbox(user: string): Promise<readonly string[]>;
}

describe("two domains with their queues", () => {
  test("mail that is sent on comes from us, and the report about it comes back through us", () =>
    between(
      { a: "", b: "out: far@a.example\nowner-out: postmaster\nplain: ghost@a.example\n" },
      async (world, a, b) => {
        // alice@a writes to plain@b, which sends on to ghost@a, whom nobody knows.
        await send(world, "a.example", "alice@a.example", "plain@b.example", "Subject: Hi\r\n\r\nHello\r\n");
        await settle(world, a, b);
        const [report, ...others] = await a.inbox("alice@a.example");
        assert.deepEqual(others, []);
        assert.match(report!, /^Return-Path: <>\r\nDelivered-To: alice@a\.example\r\n/);
        assert.match(report!, /report-type="?delivery-status/);
        assert.match(report!, /Final-Recipient: rfc822; ?ghost@a\.example/);
        assert.match(report!, /Subject: Hi/);
        assert.deepEqual(await b.inbox("postmaster@b.example"), []);
      },
    ));

  test("a list's owner hears of members that are gone, not who writes", () =>
    between({ a: "", b: "list: ghost@a.example, bob\nowner-list: bob\n" }, async (world, a, b) => {
      await send(world, "a.example", "alice@a.example", "list@b.example", "Subject: Hi\r\n\r\nHello\r\n");
      await settle(world, a, b);
      assert.deepEqual(await a.inbox("alice@a.example"), []);
      const inbox = await b.inbox("bob@b.example");
      assert.equal(inbox.length, 2);
      assert.ok(inbox.some((message) => /Final-Recipient: rfc822; ?ghost@a\.example/.test(message)));
    }));

  test("what two domains send on to each other ends, and is told", () =>
    between({ a: "round: round@b.example\n", b: "round: round@a.example\n" }, async (world, a, b) => {
      await send(world, "a.example", "alice@a.example", "round@b.example", "Subject: Hi\r\n\r\nHello\r\n");
      await settle(world, a, b);
      const inbox = await a.inbox("alice@a.example");
      assert.equal(inbox.length, 1);
      assert.match(inbox[0]!, /5\.4\.6/);
    }));

  async function between(
    aliases: { readonly a: string; readonly b: string },
    run: (world: World, a: Place, b: Place) => Promise<void>,
  ): Promise<void> {
    await simulate({ seed: 1, timeLimitMs: 30 * 86_400_000 }, async (world) => {
      const a = await place(world, "a.example", aliases.a);
      const b = await place(world, "b.example", aliases.b);
      await run(world, a, b);
      await Promise.all([a.queue.stop(), b.queue.stop()]);
    });
  }

  async function place(world: World, name: string, text: string): Promise<Place> {
    const reactor = world.host(name);
    const store = memoryMail(reactor);
    const people = [`alice@${name}`, `bob@${name}`];
    const srs = mailSenderRewriting({ domain: name, secrets: [`secret of ${name}`], clock: reactor.clock });
    const aliases = memoryMailAliases(text);
    const router = mailRouter({ domains: [name], hasUser: (user) => people.includes(user), aliases, srs });
    const local = localDelivery({ reactor, name, router, store, queue: () => queue, srs });
    const transport = mailDomainTransport({ router, local, remote: neighbours(world, name) });
    const queue = await mailQueue({ reactor, store: memoryMailQueueStore(), transport, name });
    const domain = mailDomain({ reactor, name, router, store, queue });
    await world.listen("tcp:25", smtpServer(domain, { name }), { reactor });
    return { store, queue, inbox: (user) => inboxOf(store, user) };
  }

  /** Sends to the host that is called as the domain. */
  function neighbours(world: World, from: string): MailTransport {
    return {
      destination: (address) => address.slice(address.lastIndexOf("@") + 1),
      async deliver({ mail, recipients, content }) {
        const to = recipients[0]!.address;
        await using client = await connectSmtp(`tcp:${to.slice(to.lastIndexOf("@") + 1)}:25`, {
          reactor: world.host(from),
        });
        try {
          await client.send({ from: mail.from, to: recipients.map(({ address }) => address), content: content() });
          return recipients.map(() => ({ outcome: "passed" }));
        } catch (error) {
          const { message, enhanced = "5.0.0" } = error as { message: string; enhanced?: string };
          return recipients.map(() => ({ outcome: "failed", status: enhanced, text: message }));
        }
      },
    };
  }

  async function send(world: World, host: string, from: string, to: string, content: string): Promise<void> {
    const mail: NewQueuedMail = { from, to: [{ address: to }], content };
    await using client = await connectSmtp(`tcp:${to.slice(to.lastIndexOf("@") + 1)}:25`, {
      reactor: world.host(host),
    });
    await client.send({ ...mail, to });
  }

  async function settle(world: World, ...places: readonly Place[]): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet += 1) {
      await world.clock.sleep(5_000);
      for (const { queue } of places) if ((await queue.list()).length > 0) quiet = 0;
    }
  }

  async function inboxOf(store: MailStore, user: string): Promise<readonly string[]> {
    await using folder = await (await store.account(user)).open("INBOX", { readOnly: true });
    const texts: string[] = [];
    for (const { uid } of folder.messages) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of folder.read(uid)) chunks.push(chunk);
      texts.push(Buffer.concat(chunks).toString("latin1"));
    }
    return texts;
  }
});

test("whoever is in a users file has a mailbox, from the moment that it is written", async () => {
  const tree = memoryTree({}, { now: () => 0 });
  const reactor = { ...memoryReactor({ files: () => tree }) };
  const has = mailUsersOf("/etc/users", { reactor });
  assert.equal(await has("alice@example.org"), false);
  await addUser("/users", "Alice@example.org", "wonderland", { reactor });
  const there = mailUsersOf("/users", { reactor });
  assert.deepEqual(await Promise.all([there("alice@example.org"), there("bob@example.org")]), [true, false]);
  await addUser("/users", "bob@example.org", "builder", { reactor });
  await lockUser("/users", "bob@example.org", true, { reactor });
  assert.equal(await there("bob@example.org"), true, "mail comes, though nobody may log in");
});
