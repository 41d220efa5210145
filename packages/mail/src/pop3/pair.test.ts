import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type SimulationOptions, simulate } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import type { Pop3Client } from "./client.ts";
import { connectPop3 } from "./connect.ts";
import { pop3Server } from "./server.ts";
import { alicesMail, letters } from "./testing/mailboxes.test.kit.ts";

const login = { user: "alice", password: "wonderland" };

async function textOf(octets: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of octets) chunks.push(chunk);
  return Buffer.concat(chunks).toString("latin1");
}

/** Every line has its end on the wire. */
const whole = (text: string): string => (text.endsWith("\r\n") ? text : `${text}\r\n`);

describe("connectPop3", () => {
  const inWorld = (
    options: SimulationOptions,
    body: (client: Pop3Client, again: () => Promise<Pop3Client>) => Promise<void>,
  ) =>
    simulate(options, async (world) => {
      const { portal } = alicesMail(world.host("server"));
      await world.listen("tcp:110", pop3Server(portal), { reactor: world.host("server") });
      const again = () => connectPop3("tcp:server:110", { reactor: world.host("client"), login, startTls: "never" });
      await body(await again(), again);
    });

  test("logs in by SCRAM where others read along, and reads every message", () =>
    inWorld({}, async (client) => {
      assert.deepEqual(await client.stat(), { messageCount: 3, octets: letters.join("").length });
      const list = await client.list();
      assert.deepEqual(
        list.map(({ octets }) => octets),
        letters.map((text) => text.length),
      );
      assert.equal(new Set(list.map(({ id }) => id)).size, 3);
      for (const { number } of list) assert.equal(await textOf(client.retrieve(number)), whole(letters[number - 1]!));
      assert.equal(await textOf(client.top(1, 1)), "Subject: one\r\n\r\nfirst\r\n");
      await client.quit();
    }));

  test("reads on where others have removed what was to come", () =>
    simulate({ seed: 1 }, async (world) => {
      const { portal, store } = alicesMail(world.host("server"));
      await world.listen("tcp:110", pop3Server(portal), { reactor: world.host("server") });
      const account = await store.account("alice");
      const texts = Array.from({ length: 80 }, (_, i) => `Subject: ${i}\r\n\r\n.${i}\r\n`);
      await account.append(
        "INBOX",
        texts.map((text) => ({ content: [Buffer.from(text)] })),
      );
      const options = { reactor: world.host("client"), login, startTls: "never" } as const;
      await using client = await connectPop3("tcp:server:110", options);
      const first = 1; // what the portal brings comes behind
      for (let i = 0; i < 10; i++) assert.equal(await textOf(client.retrieve(first + i)), texts[i]);
      const folder = await account.open("INBOX");
      const { uid } = folder.messages[first - 1 + 60]!;
      await folder.expunge([uid]);
      for (const i of [11, 10, 79, 12, 13]) assert.equal(await textOf(client.retrieve(first + i)), texts[i]);
      for (let i = 50; i < 60; i++) assert.equal(await textOf(client.retrieve(first + i)), texts[i]);
      await assert.rejects(textOf(client.retrieve(first + 60)), { code: "refused" });
      for (let i = 61; i < 80; i++) assert.equal(await textOf(client.retrieve(first + i)), texts[i]);
    }));

  test("takes commands before others are answered, and answers in their order", () =>
    inWorld({ cuts: true, latencyMs: [1, 50] }, async (client) => {
      assert.ok(client.capabilities.has("PIPELINING"));
      const [stat, one, two] = await Promise.all([
        client.stat(),
        textOf(client.retrieve(1)),
        textOf(client.retrieve(2)),
        client.noop(),
      ]);
      assert.deepEqual([stat.messageCount, one, two], [3, whole(letters[0]!), whole(letters[1]!)]);
      await assert.rejects(client.delete(9), { code: "refused", message: "There is no message 9" });
      await client.quit();
    }));

  test("goes on after a message of which nobody wanted the rest", () =>
    inWorld({}, async (client) => {
      for await (const _ of client.retrieve(3)) break;
      assert.equal((await client.stat()).messageCount, 3);
      await client.quit();
    }));

  test("deletes with QUIT, and not without; one session at a time has the maildrop", () =>
    inWorld({}, async (client, again) => {
      await client.delete(1);
      await assert.rejects(again(), { responseCode: "IN-USE", temporary: true });
      client.abort();
      await using second = await eventually(again);
      assert.equal((await second.stat()).messageCount, 3);
      await second.delete(2);
      await second.quit();
      await using third = await eventually(again);
      assert.deepEqual(
        (await third.list()).map(({ octets }) => octets),
        [letters[0]!.length, letters[2]!.length],
      );
    }));

  test("sends no password in clear to elsewhere", () =>
    simulate({}, async (world) => {
      const { portal } = alicesMail(world.host("server"));
      const server = pop3Server(portal, { mechanisms: [], allowPlainText: true });
      await world.listen("tcp:110", server, { reactor: world.host("server") });
      const reactor = world.host("client");
      await assert.rejects(connectPop3("tcp:server:110", { reactor, login, startTls: "never" }), {
        code: "not-permitted",
      });
      await assert.rejects(connectPop3("tcp:server:110", { reactor, login }), { code: "refused" }); // STLS is a must, and not there
    }));

  test("logs in by APOP where it is told to", () =>
    simulate({}, async (world) => {
      const { portal } = alicesMail(world.host("server"));
      await world.listen("tcp:110", pop3Server(portal, { mechanisms: [], apop: true }), {
        reactor: world.host("server"),
      });
      const options = { reactor: world.host("client"), login, startTls: "never", apop: true } as const;
      await using client = await connectPop3("tcp:server:110", options);
      assert.equal((await client.stat()).messageCount, 3);
    }));

  for (const seed of seeds({ count: 10, soakCount: 2_000 })) {
    test(`fetches mail over a bad network, or fails by a typed error (seed ${seed})`, () =>
      simulate({ seed, cuts: true, latencyMs: [1, 300], resets: 0.02 }, async (world) => {
        const { portal } = alicesMail(world.host("server"));
        await world.listen("tcp:110", pop3Server(portal), { reactor: world.host("server") });
        for (let attempt = 0; attempt < 5; attempt++) {
          const fetched = await fetchAll(world.host("client")).catch((error: unknown) => {
            assert.match((error as Error).name, /^(ConnectionError|FramingError|Pop3ReplyError)$/, String(error));
          });
          if (fetched !== undefined) assert.deepEqual(fetched, letters.map(whole));
        }
      }));
  }
});

async function fetchAll(
  reactor: NonNullable<Parameters<typeof connectPop3>[1]>["reactor"],
): Promise<readonly string[]> {
  const client = await connectPop3("tcp:server:110", { reactor, login, startTls: "never" });
  try {
    const list = await client.list();
    const texts: string[] = [];
    for (const { number } of list) texts.push(await textOf(client.retrieve(number)));
    await client.quit();
    return texts;
  } finally {
    client.abort();
  }
}

/** A server learns by and by that somebody is gone. */
async function eventually(again: () => Promise<Pop3Client>): Promise<Pop3Client> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await again();
    } catch (error) {
      if (attempt === 10) throw error;
    }
  }
}
