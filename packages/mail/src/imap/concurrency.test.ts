import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Reactor } from "@hawser/core";
import { simulate } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { maildirMail } from "../store/maildir/store.ts";
import { memoryMail } from "../store/memory/store.ts";
import type { MailStore } from "../store/store.ts";
import { connectImap } from "./client/connect.ts";
import { served } from "./testing/served.test.kit.ts";
import { ShadowClient, SharedTruth } from "./testing/shadow.test.kit.ts";

const clientsCount = 3;
const actsEach = 25;

/** Where the mailbox is kept. */
const stores: readonly (readonly [where: string, storeOf: (reactor: Reactor) => MailStore])[] = [
  ["in memory", (reactor) => memoryMail(reactor)],
  ["in a Maildir", (reactor) => maildirMail(reactor, "/")],
];

describe("Clients that act at random on one mailbox agree on flags, UIDs, mod-sequences and what went", () => {
  for (const [where, storeOf] of stores)
    for (const seed of seeds({ count: 4, soakCount: 1_000 }))
      test(`${where}, seed ${seed}`, () =>
        simulate({ seed, latencyMs: [1, 40], cuts: true }, async (world) => {
          const server = world.host("server");
          const store = storeOf(server);
          await world.listen("tcp:143", served(server, [], { store }), { reactor: server });
          const account = await store.account("alice");
          await account.create("Other");
          const truth = new SharedTruth();
          const act = async (number: number): Promise<ShadowClient> => {
            const reactor = world.host(`client${number}`);
            const resyncs = number % 2 === 0;
            const enable = [["QRESYNC"], ["CONDSTORE"], ["IMAP4rev2", "QRESYNC"]][number % 3]!.filter(
              (name) => name !== "IMAP4rev2",
            );
            const mail = await connectImap("tcp:server:143", {
              reactor,
              enable,
              allowPlainText: true,
              login: { user: "alice", password: "wonderland" },
            });
            closing.push(() => mail.close());
            const client = new ShadowClient(mail, reactor.random, truth, resyncs);
            await client.begin();
            for (let i = 0; i < actsEach; i++) await client.act();
            return client;
          };
          const closing: (() => Promise<void>)[] = [];
          const clients = await Promise.all(Array.from({ length: clientsCount }, (_, number) => act(number)));
          await using folder = await account.open("INBOX");
          const expected = folder.messages.map(({ uid, flags }) => [uid, [...flags].sort().join(" ")]);
          for (const client of clients) assert.deepEqual(await client.belief(), expected);
          for (const close of closing) await close();
        }));
});
