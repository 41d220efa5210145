import assert from "node:assert/strict";
import { test } from "node:test";
import { type SimulationOptions, simulate, type World } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { mailQueue } from "../queue/mail-queue.ts";
import { memoryMailQueueStore } from "../queue/memory/store.ts";
import type { MailTransport } from "../queue/queue.ts";
import { connectSmtp } from "../smtp/client.ts";
import { SmtpOutcomeError } from "../smtp/errors.ts";
import { smtpServer } from "../smtp/server.ts";
import { MailStoreError } from "../store/errors.ts";
import { memoryMail } from "../store/memory/store.ts";
import type { MailStore } from "../store/store.ts";
import { memoryMailAliases } from "./aliases/memory.ts";
import { localDelivery } from "./delivery/local.ts";
import { mailDomainTransport } from "./delivery/transport.ts";
import { mailRouter } from "./router/router.ts";
import { mailDomain } from "./service/mail-domain.ts";

const faults: SimulationOptions = {
  latencyMs: [1, 200],
  cuts: true,
  resets: 0.003,
  refusals: 0.02,
  octetsPerSecond: 200_000,
};
const people = ["alice", "bob", "carol"];
const tableOfAliases =
  "team: alice, bob, out@far.example\npair: alice, bob\nround: about\nabout: round, carol\nall: team, round, carol\n";
/** Who has a message that was written to a name. */
const behind: Readonly<Record<string, readonly string[]>> = {
  alice: ["alice"],
  bob: ["bob"],
  carol: ["carol"],
  team: ["alice", "bob", "far"],
  pair: ["alice", "bob"],
  round: ["carol"],
  all: ["alice", "bob", "far", "carol"],
};

/** What is known of each message, by its Message-ID. */
interface Sent {
  readonly to: readonly string[];
  outcome: "accepted" | "refused" | "unknown";
}

for (const seed of seeds({ count: 6, soakCount: 300 }))
  test(`whoever heard yes finds each message once behind each name, whatever fails, with seed ${seed}`, () =>
    simulate({ seed, ...faults, timeLimitMs: 6 * 86_400_000, stepsMax: 5_000_000 }, async (world) => {
      const ledger = new Map<string, Sent>();
      const far: string[] = [];
      const store = moodyStore(world, memoryMail(world.reactor));
      await using queue = await serve(world, store, far);
      await Promise.all(["a", "b", "c"].map((name) => sendSome(world, name, ledger)));
      while ((await queue.list()).length > 0) await world.clock.sleep(600_000);
      assert.ok([...ledger.values()].some(({ outcome }) => outcome === "accepted"));
      const found = new Map<string, number>();
      for (const content of far) count(found, `far ${idOf(content)}`);
      for (const name of people)
        for (const content of await contents(store, name)) count(found, `${name} ${idOf(content)}`);
      for (const [id, { to, outcome }] of ledger) {
        const expected = new Set(to.flatMap((name) => behind[name]!));
        for (const name of [...people, "far"]) {
          const times = found.get(`${name} ${id}`) ?? 0;
          if (outcome === "accepted") assert.equal(times, expected.has(name) ? 1 : 0, `${id} for ${to} at ${name}`);
          if (outcome === "refused") assert.equal(times, 0, `${id} was refused`);
        }
      }
    }));

async function serve(world: World, store: MailStore, far: string[]) {
  const { reactor } = world;
  const server = world.host("server");
  const aliases = memoryMailAliases(tableOfAliases);
  const router = mailRouter({
    domains: ["example.org"],
    hasUser: (user) => people.includes(user.split("@")[0]!),
    aliases,
  });
  const name = "mx.example.org";
  const local = localDelivery({ reactor, name, router, store, queue: () => queue });
  const transport = mailDomainTransport({ router, local, remote: farTransport(world, far) });
  const queue = await mailQueue({ reactor, store: memoryMailQueueStore(), transport, name });
  const domain = mailDomain({ reactor, name, router, store, queue });
  await world.listen("tcp:25", smtpServer(domain, { name }), { reactor: server });
  return queue;
}

/** Another domain, which is not there now and then. */
function farTransport(world: World, far: string[]): MailTransport {
  return {
    destination: () => "far",
    async deliver(consignment) {
      await world.clock.sleep(world.random.integer(1, 100));
      if (world.random.number() < 0.3) return [{ outcome: "deferred", status: "4.4.1", text: "Nobody answers" }];
      for (const _ of consignment.recipients) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of consignment.content()) chunks.push(chunk);
        far.push(Buffer.concat(chunks).toString("latin1"));
      }
      return consignment.recipients.map(() => ({ outcome: "passed" }));
    },
  };
}

/** A store whose disk fails now and then, or is slow. */
function moodyStore({ clock, random }: World, store: MailStore): MailStore {
  return {
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    async account(user) {
      await clock.sleep(random.integer(0, 50));
      if (random.number() < 0.15) throw new MailStoreError("over-quota", "Cannot add the message: the mailbox is full");
      return store.account(user);
    },
  };
}

async function sendSome(world: World, name: string, ledger: Map<string, Sent>): Promise<void> {
  const { random } = world;
  for (let number = 0; number < 5; number += 1) {
    const id = `${name}.${number}`;
    const names = Object.keys(behind).filter(() => random.number() < 0.4);
    const sent: Sent = { to: names.length === 0 ? ["alice"] : names, outcome: "refused" };
    ledger.set(id, sent);
    const to = sent.to.map((one) => `${one}@example.org`);
    const content = `Message-ID: ${id}\r\n\r\n${"line\r\n".repeat(random.integer(0, 2_000))}end of ${id}\r\n`;
    try {
      await using client = await connectSmtp("tcp:server:25", { reactor: world.host(name), timeoutMs: 20_000 });
      await client.send({ from: "x@far.example", to, content });
      sent.outcome = "accepted";
    } catch (error) {
      sent.outcome = error instanceof SmtpOutcomeError ? "unknown" : "refused";
    }
  }
}

async function contents(store: MailStore, name: string): Promise<readonly string[]> {
  const account = await store.account(`${name}@example.org`).catch(() => undefined);
  if (account === undefined) return contents(store, name);
  await using folder = await account.open("INBOX", { readOnly: true });
  const texts: string[] = [];
  for (const { uid } of folder.messages) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of folder.read(uid)) chunks.push(chunk);
    texts.push(Buffer.concat(chunks).toString("latin1"));
  }
  return texts;
}

/** Which message it is; it must be whole. */
function idOf(content: string): string {
  const id = /\r\nMessage-ID: (.*)\r\n/.exec(`\r\n${content}`)![1]!;
  assert.ok(content.endsWith(`end of ${id}\r\n`), "it is torn");
  return id;
}

function count(found: Map<string, number>, key: string): void {
  found.set(key, (found.get(key) ?? 0) + 1);
}
