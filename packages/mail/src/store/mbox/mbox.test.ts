import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryReactor } from "@hawser/core/memory";
import { SeededRandom } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { memoryMail } from "../memory/store.ts";
import type { MailAccount } from "../store.ts";
import { whole } from "../store-contract.test.kit.ts";
import { copyMail, importMbox } from "../transfer.ts";
import type { MboxMail } from "./message.ts";
import { MboxError, readMbox } from "./read.ts";
import { exportMbox } from "./write.ts";

const first = "From alice@example.org Sat Jan  3 01:05:34 1998\n";

test("an mboxrd is read: lines that begin with From lose one >", async () => {
  const [one, two, ...rest] = await all(
    `${first}Subject: one\n\n>From here\n>>From there\n> From\n\nFrom bob Sun Jan  4 01:05:34 1998\nSubject: two\n\nHi\n\n`,
  );
  assert.equal(text(one), "Subject: one\r\n\r\nFrom here\r\n>From there\r\n> From\r\n");
  assert.deepEqual([one?.sender, one?.receivedAt], ["alice@example.org", Date.UTC(1998, 0, 3, 1, 5, 34)]);
  assert.deepEqual([text(two), two?.sender], ["Subject: two\r\n\r\nHi\r\n", "bob"]);
  assert.equal(rest.length, 0);
});

test("a Content-Length is believed where a message ends by it", async () => {
  const body = "one\n\nFrom me\n";
  const mails = await all(`${first}Content-Length: ${body.length}\nA: b\n\n${body}\n${first}Subject: two\n\nHi\n`);
  assert.deepEqual(mails.map(text), ["A: b\r\n\r\none\r\n\r\nFrom me\r\n", "Subject: two\r\n\r\nHi\r\n"]);
});

test("a Content-Length that is wrong is not believed", async () => {
  for (const length of [7, 400, 99_999_999_999]) {
    const mails = await all(`${first}Content-Length: ${length}\n\none\n\n${first}\ntwo\n\n${first}\nthree\n`);
    assert.deepEqual(
      mails.map((mail) => text(mail).trim()),
      ["one", "two", "three"].map((word, i) => (i === 0 ? `Content-Length: ${length}\r\n\r\n${word}` : word)),
    );
  }
});

test("flags are told by Status fields, which are not of the message", async () => {
  const [mail] = await all(
    `${first}Status: RO\nSubject: Hi\nX-Status: AF\nX-Keywords: $Work\n Later\nX-UID: 7\n\nHi\n`,
  );
  assert.deepEqual([...mail!.flags].sort(), ["$Work", "\\Answered", "\\Flagged", "\\Seen"]);
  assert.equal(text(mail), "Subject: Hi\r\n\r\nHi\r\n");
});

test("what is no mbox, or too large, is refused", async () => {
  await assert.rejects(all("Subject: Hi\n\nHi\n"), (error) => error instanceof MboxError && error.code === "not-mbox");
  const large = (error: unknown): boolean => error instanceof MboxError && error.code === "too-large";
  await assert.rejects(all(`${first}\n${"Hello\n".repeat(100)}`, 500), large);
  await assert.rejects(all(`${first}\n${"x".repeat(1_000)}`, 500), large);
  assert.deepEqual(await all(""), []);
});

for (const seed of seeds({ count: 20, soakCount: 2_000 }))
  test(`messages come back from an mbox as they were, with seed ${seed}`, async () => {
    const random = new SeededRandom(String(seed));
    const account = await memoryMail(memoryReactor()).account("alice");
    const other = await memoryMail(memoryReactor()).account("bob");
    for (let count = random.integer(0, 6); count > 0; count--) await account.append("INBOX", [randomMail(random)]);
    const folder = await account.open("INBOX");
    const chunks: Uint8Array[] = [];
    for await (const piece of exportMbox(folder)) chunks.push(piece);
    assert.equal(await importMbox(other, "INBOX", cut(Buffer.concat(chunks), random)), folder.messages.length);
    assert.deepEqual(await contents(other, "INBOX"), await contents(account, "INBOX"));
  });

test("an account is copied with everything in it", async () => {
  const [from, to] = [await memoryMail(memoryReactor()).account("a"), await memoryMail(memoryReactor()).account("b")];
  await from.create("Sent/2026", { use: "sent" });
  await from.subscribe("Sent/2026", true);
  await from.append(
    "Sent/2026",
    Array.from({ length: 120 }, (_, i) => ({ content: [Buffer.from(`${i}\r\n`)], flags: ["\\Seen"], receivedAt: i })),
  );
  await from.append("INBOX", [{ content: [Buffer.from("Hi\r\n")] }]);
  assert.equal(await copyMail(from, to), 121);
  assert.deepEqual(await to.folders(), await from.folders());
  for (const name of ["INBOX", "Sent/2026"]) assert.deepEqual(await contents(to, name), await contents(from, name));
});

async function all(mbox: string, octetsMax?: number): Promise<MboxMail[]> {
  const mails: MboxMail[] = [];
  for await (const mail of readMbox([Buffer.from(mbox)], { octetsMax })) mails.push(mail);
  return mails;
}

function text(mail: MboxMail | undefined): string {
  return Buffer.from(mail!.content).toString("latin1");
}

async function contents(account: MailAccount, name: string): Promise<unknown> {
  const folder = await account.open(name);
  const read = folder.messages.map(async ({ uid, flags, receivedAt }) => [
    (await whole(folder, uid)).toString("latin1"),
    [...flags].sort(),
    Math.floor(receivedAt / 1_000),
  ]);
  return Promise.all(read);
}

function randomMail(random: SeededRandom): { content: Buffer[]; flags: string[]; receivedAt: number } {
  const lines = ["From here", ">From there", ">>From", "", "", "Hello", "From: x", "Status: R", "\u00e9", " folded"];
  const pick = (): string => lines[random.integer(0, lines.length)]!;
  const body = Array.from({ length: random.integer(0, 12) }, () => `${pick()}\r\n`).join("");
  const flags = ["\\Seen", "\\Flagged", "\\Draft", "\\Answered", "\\Deleted", "$Work", "Later"];
  return {
    content: [Buffer.from(`Subject: ${random.integer(0, 1_000)}\r\n\r\n${body}`)],
    flags: flags.filter(() => random.number() < 0.4),
    receivedAt: random.integer(0, 2_000_000_000) * 1_000,
  };
}

function* cut(octets: Buffer, random: SeededRandom): Generator<Buffer> {
  for (let at = 0; at < octets.length; ) {
    const end = at + random.integer(1, 60);
    yield octets.subarray(at, end);
    at = end;
  }
}
