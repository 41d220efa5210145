import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { keepConnected } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { seeds, selfSignedCertificate } from "@hawser/core/testing";
import { memoryMail } from "../store/memory/store.ts";
import { connectImap } from "./client/connect.ts";
import type { ImapConnectOptions } from "./client/options.ts";
import { ImapReplyError } from "./errors.ts";
import type { ImapServerOptions } from "./server/options.ts";
import { fill, hello, mixed, served } from "./testing/served.test.kit.ts";

const login = { user: "alice", password: "wonderland" };

async function serve(world: World, options: Partial<ImapServerOptions> = {}) {
  const server = world.host("server");
  const store = memoryMail(server);
  await world.listen("tcp:143", served(server, [hello, mixed], { store, ...options }), { reactor: server });
  const connectAs = (more: ImapConnectOptions = {}) =>
    connectImap("tcp:server:143", { reactor: world.host("client"), login, allowPlainText: true, ...more });
  return { store, connectAs };
}

const worlds = [
  { seed: 1 },
  ...seeds({ count: 2, soakCount: 50 }).map((seed) => ({ seed, cuts: true, latencyMs: [1, 50] as const })),
];

for (const options of worlds)
  describe(`connectImap and imapServer, seed ${options.seed}`, () => {
    test("read messages and their parts", () =>
      simulate(options, async (world) => {
        const { connectAs } = await serve(world);
        await using mail = await connectAs();
        assert.ok(mail.capabilities.has("LITERAL+"));
        await using inbox = await mail.select("INBOX");
        assert.deepEqual([inbox.exists, inbox.readOnly, inbox.uidNext], [2, false, 3]);
        const subjects: (string | undefined)[] = [];
        for await (const message of inbox.fetch("1:*", ["uid", "flags", "envelope"]))
          subjects.push(message.envelope.subject);
        assert.deepEqual(subjects, ["IMAP4rev2 WG mtg summary and minutes", "Café"]);
        for await (const { structure, envelope, octets, receivedAt, sections } of inbox.fetch(2, [
          "structure",
          "envelope",
          "octets",
          "receivedAt",
          { section: "1", decoded: true },
          { section: "HEADER.FIELDS (subject)" },
        ])) {
          assert.deepEqual(envelope.from, [{ name: "Zoë", address: "zoe@example.org" }]);
          assert.deepEqual(
            envelope.to.map(({ address, group }) => [address, group]),
            [
              ["ann@example.net", "Team"],
              ["joe@example.net", "Team"],
            ],
          );
          assert.deepEqual(
            structure.parts.map(({ number, type }) => `${number} ${type}`),
            ["1 text/plain", "2 application/octet-stream", "3 message/rfc822"],
          );
          assert.deepEqual(
            [structure.parts[1]?.disposition, structure.parts[1]?.dispositionParameters.get("filename")],
            ["attachment", "x.bin"],
          );
          assert.equal(structure.parts[2]?.parts[0]?.number, "3.1");
          assert.equal(Buffer.from(sections.get("1")!).toString(), "Grüße");
          assert.equal(
            Buffer.from(sections.get("HEADER.FIELDS (SUBJECT)")!).toString(),
            "Subject: =?UTF-8?Q?Caf=C3=A9?=\r\n\r\n",
          );
          assert.deepEqual([octets, receivedAt], [mixed.lines.join("\r\n").length, Date.UTC(1996, 6, 17, 2, 44, 25)]);
        }
        const pieces: Uint8Array[] = [];
        for await (const piece of inbox.download(1, "TEXT", { octetsAtOnce: 5 })) pieces.push(piece);
        assert.deepEqual(
          pieces.map((piece) => Buffer.from(piece).toString()),
          ["Hello", ", wor", "ld\r\n"],
        );
      }));

    test("change, search, copy, move, remove", () =>
      simulate(options, async (world) => {
        const { connectAs } = await serve(world);
        await using mail = await connectAs();
        await mail.create("Entwürfe", { use: "drafts" });
        await mail.create("Archive/2026");
        assert.deepEqual(
          (await mail.list("*", { status: ["MESSAGES"] })).map(
            ({ name, status }) => `${name} ${status?.get("MESSAGES")}`,
          ),
          ["INBOX 2", "Archive 0", "Archive/2026 0", "Entwürfe 0"],
        );
        await using inbox = await mail.select("INBOX");
        assert.deepEqual(await inbox.store("1:2", { operation: "add", flags: ["\\Seen", "$Work"] }), []);
        assert.deepEqual(
          await inbox.store("1:2", { operation: "add", flags: ["\\Flagged"], unchangedSince: 1 }),
          [1, 2],
        );
        assert.deepEqual(await inbox.search({ subject: "café", keyword: "$Work" }), [2]);
        assert.deepEqual(await inbox.search({ or: [{ from: "gray" }, { not: { seen: true } }], since: 0 }), [1]);
        assert.deepEqual(await inbox.sort(["REVERSE SIZE"]), [2, 1]);
        assert.deepEqual((await inbox.copy([1, 2], "Entwürfe"))?.to.toString(), "1:2");
        assert.deepEqual((await inbox.move("2", "Archive/2026"))?.to.toString(), "1");
        assert.equal(inbox.exists, 1);
        await inbox.store(1, { operation: "add", flags: ["\\Deleted"], silent: true });
        await inbox.expunge([1]);
        assert.equal(inbox.exists, 0);
        await assert.rejects(
          mail.select("Nowhere"),
          (error) => error instanceof ImapReplyError && error.responseCode === "NONEXISTENT",
        );
        assert.equal((await mail.id()).get("name"), "Hawser");
        await mail.rename("Archive", "Attic");
        await mail.delete("Attic/2026");
        await assert.rejects(mail.status("Attic/2026", ["MESSAGES"]), /Cannot STATUS: the server says NO/);
      }));

    test("append messages of any size, several at once, pipelined", () =>
      simulate(options, async (world) => {
        const { connectAs } = await serve(world);
        await using mail = await connectAs();
        const big = Buffer.alloc(200_000, "0123456789\r\n");
        const chunks = async function* () {
          for (let at = 0; at < big.length; at += 30_000) yield big.subarray(at, at + 30_000);
        };
        const all = await Promise.all([
          mail.append("INBOX", { content: Buffer.from("one"), flags: ["\\Seen"], receivedAt: 0 }),
          mail.append(
            "INBOX",
            { content: { octets: big.length, chunks: chunks() } },
            { content: Buffer.from("three") },
          ),
          mail.status("INBOX", ["MESSAGES", "SIZE"]),
        ]);
        assert.deepEqual([all[0]?.uids.toString(), all[1]?.uids.toString(), all[2].get("MESSAGES")], ["3", "4:5", 5]);
        await using inbox = await mail.select("INBOX");
        for await (const { sections } of inbox.fetch(4, ["uid", { section: "" }]))
          assert.deepEqual(Buffer.from(sections.get("")!), big);
        await assert.rejects(mail.append("Nowhere", { content: big }), /TRYCREATE|Cannot find the folder/);
        await mail.noop();
      }));

    test("see what others do while they idle, and say other things in between", () =>
      simulate(options, async (world) => {
        const { connectAs, store } = await serve(world);
        await using mail = await connectAs({ idleRenewMs: 60_000 });
        await using inbox = await mail.select("INBOX");
        const account = await store.account("alice");
        const seen: string[] = [];
        const stop = new AbortController();
        const watching = (async () => {
          for await (const change of inbox.changes({ signal: stop.signal })) {
            seen.push(change.type);
            if (seen.length === 3) stop.abort();
          }
        })();
        await world.clock.sleep(150_000); // IDLE was renewed twice
        await fill(account, "INBOX", [hello]);
        await world.clock.sleep(1_000);
        assert.deepEqual(await inbox.search({ all: true }), [1, 2, 3]);
        await world.clock.sleep(1_000); // it idles again
        const other = await account.open("INBOX");
        await other.changeFlags([1], { operation: "add", flags: ["\\Flagged"] });
        await world.clock.sleep(1_000);
        await other.expunge([2]);
        await watching;
        assert.deepEqual(seen, ["exists", "flags", "expunge"]);
        assert.equal(inbox.exists, 2);
      }));
  });

describe("connectImap", () => {
  for (const cuts of [false, "each-octet"] as const)
    test(`packs all that is said (RFC 4978), cut ${cuts === false ? "nowhere" : "everywhere"}`, () =>
      simulate({ seed: 1, cuts }, async (world) => {
        const { connectAs } = await serve(world);
        await using mail = await connectAs({ compress: true });
        const big = Buffer.alloc(3_000, "0123456789\r\n");
        await mail.append("INBOX", { content: big });
        await using inbox = await mail.select("INBOX");
        for await (const { sections } of inbox.fetch(3, [{ section: "" }]))
          assert.deepEqual(Buffer.from(sections.get("")!), big);
        await mail.refresh();
        assert.equal(mail.capabilities.has("COMPRESS=DEFLATE"), false);
        const { octetsIn = 0 } = mail.commands.transport;
        assert.ok(octetsIn < 3_000);
        await assert.rejects(
          mail.compress(),
          (error) => error instanceof ImapReplyError && error.responseCode === "COMPRESSIONACTIVE",
        );
      }));

  test("holds the server back while nobody takes the messages, and lets go for other commands", () =>
    simulate({ seed: 1 }, async (world) => {
      const { connectAs, store } = await serve(world);
      const body = "x".repeat(10_000);
      await fill(
        await store.account("alice"),
        "INBOX",
        Array.from({ length: 50 }, () => ({ lines: ["Subject: x", "", body] })),
      );
      await using mail = await connectAs();
      await using inbox = await mail.select("INBOX");
      let count = 0;
      for await (const { uid } of inbox.fetch("3:*", ["uid", { section: "" }], { waitingOctetsMax: 20_000 })) {
        count++;
        if (uid % 10 === 0) await inbox.store(uid, { operation: "add", flags: ["\\Seen"] });
      }
      assert.equal(count, 50);
      for await (const _ of inbox.fetch("3:*", [{ section: "" }], { waitingOctetsMax: 20_000 })) break;
      assert.equal((await inbox.search({ seen: true })).length, 5);
    }));

  test("finds out that the server is dead, idle or not", () =>
    simulate({ seed: 1, leaks: false }, async (world) => {
      const { connectAs } = await serve(world);
      const mail = await connectAs({ idleRenewMs: 60_000 });
      const inbox = await mail.select("INBOX");
      const watching = (async () => {
        for await (const _ of inbox.changes());
      })();
      world.partition("client", "server");
      await assert.rejects(watching, (error: { code?: string }) => error.code === "timed-out");
      assert.equal((await mail.closed)?.code, "timed-out");
      await assert.rejects(mail.noop(), /does not answer/);
    }));

  test("comes back by itself, where that is wanted", () =>
    simulate({ seed: 1 }, async (world) => {
      const { connectAs } = await serve(world);
      const counts: number[] = [];
      await using kept = keepConnected((options) => connectAs(options), {
        reactor: world.host("client"),
        connected: async (mail) => {
          counts.push((await mail.select("INBOX")).exists);
          if (counts.length < 3) mail.commands.transport.abort();
        },
      });
      while (counts.length < 3) await world.clock.sleep(1_000);
      assert.deepEqual(counts, [2, 2, 2]);
      await kept.stop();
    }));

  test("protects the connection by STARTTLS, and sends no password in clear", () =>
    simulate({ seed: 1 }, async (world) => {
      const identity = selfSignedCertificate({ names: ["server"] });
      const tls = { keyPair: () => identity };
      const { connectAs } = await serve(world, { tls, allowPlainText: undefined });
      await using mail = await connectAs({
        allowPlainText: undefined,
        tls: { ca: [identity.certificate] },
        startTls: "required",
      });
      assert.equal(mail.commands.transport.security?.authorized, true);
      await mail.select("INBOX");
    }));

  test("does not go on in clear where that is required", () =>
    simulate({ seed: 1 }, async (world) => {
      const { connectAs } = await serve(world);
      await assert.rejects(connectAs({ startTls: "required" }), /does not offer STARTTLS/);
      await assert.rejects(connectAs({ login: { user: "alice", password: "wrong" } }), ImapReplyError);
    }));
});

test("many messages are told as each alone is, whatever they are", () =>
  simulate({ seed: 1 }, async (world) => {
    const { connectAs, store } = await serve(world);
    const long = Array.from({ length: 200 }, (_, i) => `X-Field-${i}: ${"x".repeat(60)}`);
    const account = await store.account("alice");
    await fill(account, "INBOX", [
      { lines: ["", "no header"] },
      { lines: ["Subject: no body"] },
      { lines: [...long, "Subject: a long header", "", "x"] },
      {
        lines: [
          "Subject: long",
          "",
          ..."x"
            .repeat(2_000)
            .split("")
            .map(() => "y".repeat(70)),
        ],
      },
      mixed,
      {
        lines: [
          "Content-Type: multipart/mixed; boundary=b",
          "",
          "--b",
          "Content-Type: message/rfc822",
          "",
          ...mixed.lines,
        ],
      },
    ]);
    await using mail = await connectAs();
    await using inbox = await mail.select("INBOX");
    const items = [
      "uid",
      "envelope",
      "structure",
      { section: "HEADER" },
      { section: "HEADER.FIELDS (subject x-field-7)" },
      { section: "HEADER.FIELDS.NOT (subject)" },
      { section: "TEXT" },
      { section: "1" },
      { section: "2.MIME" },
      { section: "1.1" },
      { section: "" },
    ] as const;
    const told = async (set: string): Promise<unknown[]> => {
      const all: unknown[] = [];
      for await (const message of inbox.fetch(set, items))
        all.push([
          message.uid,
          message.envelope,
          message.structure,
          [...message.sections].map(([k, v]) => [k, String(v && Buffer.from(v))]),
        ]);
      return all;
    };
    for (let time = 0; time < 2; time++) {
      const together = await told("1:*");
      assert.equal(together.length, inbox.exists);
      for (const [i, message] of together.entries()) assert.deepEqual(message, (await told(String(i + 1)))[0]);
    }
  }));
