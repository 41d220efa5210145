import assert from "node:assert/strict";
import { test } from "node:test";
import { type FileTree, memoryTree } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { ManualClock } from "@hawser/core/testing";
import { MailQueueError } from "../errors.ts";
import type { MailQueueStep, MailQueueStore } from "../store.ts";
import { contentIn, draftOf } from "../testing/store-contract.test.kit.ts";
import { diskMailQueueStore } from "./store.ts";

const clock = new ManualClock();

async function open(tree: FileTree): Promise<{ store: MailQueueStore; release: () => Promise<void> }> {
  const reactor = { ...memoryReactor({ files: (root) => tree.at(root.split("/").filter(Boolean)) }), clock };
  const store = await diskMailQueueStore(reactor, "/queue");
  const lease = await store.takeLease();
  return { store, release: async () => lease?.release() };
}

function newTree(): FileTree {
  return memoryTree({}, { now: () => clock.wall() });
}

const octetsMax = 1_000_000;
const waits = (number: number, text = "busy") => ({
  number,
  isDone: false as const,
  attempts: 1,
  nextAttemptAt: 5_000,
  text,
});
const stepOf = (more: Partial<MailQueueStep>): MailQueueStep => ({ at: 2_000, progress: [], reports: [], ...more });
const names = async (tree: FileTree, folder = "queue/mail") => (await tree.list(folder)).map(({ name }) => name);
const isUnreadable = (error: unknown) => error instanceof MailQueueError && error.code === "unreadable";

test("what was torn is set aside, and nothing else", async () => {
  const tree = newTree();
  const { store, release } = await open(tree);
  for (const id of ["short", "long", "headless", "badlog", "whole"]) await store.add(draftOf(id), { octetsMax });
  await store.step("badlog00", stepOf({ progress: [waits(0)] }));
  await release();
  const change = async (id: string, edit: (text: string) => string, kind = "mail") => {
    const path = `queue/mail/${id}.${kind}`;
    await tree.writeFile(path, edit(Buffer.from(await tree.readFile(path)).toString()));
  };
  await change("short000", (text) => text.slice(0, -1));
  await change("long0000", (text) => `${text}x`);
  await change("headless", (text) => text.replace('"from"', '"form"'));
  await change("badlog00", (text) => `nonsense\n${text}`, "log");
  const other = await open(tree);
  for (const id of ["short000", "long0000", "headless", "badlog00"])
    await assert.rejects(other.store.get(id), isUnreadable);
  assert.deepEqual([...(await other.store.marks()).keys()], ["whole000"]);
  assert.deepEqual(await names(tree, "queue/aside"), [
    "badlog00.log",
    "badlog00.mail",
    "headless.mail",
    "long0000.mail",
    "short000.mail",
  ]);
  assert.equal(await contentIn(other.store, "whole000"), "Subject: Hi\r\n\r\nHello\r\n");
  await other.release();
});

test("a line that was torn is cut off, and what is written next can be read", async () => {
  const tree = newTree();
  const first = await open(tree);
  await first.store.add(draftOf("one", { to: [{ address: "a@x.example" }, { address: "b@x.example" }] }), {
    octetsMax,
  });
  await first.store.step("one00000", stepOf({ progress: [{ number: 0, isDone: true, text: "delivered" }] }));
  const log = Buffer.from(await tree.readFile("queue/mail/one00000.log"));
  await tree.writeFile("queue/mail/one00000.log", Buffer.concat([log, Buffer.alloc(5_000, '{"at":"2')]));
  await first.release();
  const second = await open(tree);
  assert.deepEqual(
    (await second.store.get("one00000"))?.to.map(({ number }) => number),
    [1],
  );
  await second.store.step("one00000", stepOf({ progress: [waits(1)] }));
  await second.release();
  const third = await open(tree);
  assert.deepEqual(
    (await third.store.get("one00000"))?.to.map(({ number, attempts }) => [number, attempts]),
    [[1, 1]],
  );
  await third.release();
});

test("a log that grows long is written anew, and says the same", async () => {
  const tree = newTree();
  const { store, release } = await open(tree);
  await store.add(draftOf("one", { to: [{ address: "a@x.example" }, { address: "b@x.example" }] }), { octetsMax });
  await store.step(
    "one00000",
    stepOf({ progress: [{ number: 0, isDone: true, text: "delivered" }], isDelayTold: true }),
  );
  let most = 0;
  for (let i = 0; i < 500; i++) {
    await store.step("one00000", stepOf({ progress: [waits(1, "x".repeat(900))] }));
    most = Math.max(most, (await tree.stat("queue/mail/one00000.log")).octets);
  }
  assert.ok(most < 140_000, `${most} octets`);
  const before = await store.get("one00000");
  await release();
  const other = await open(tree);
  assert.deepEqual(await other.store.get("one00000"), before);
  assert.equal(before?.isDelayTold, true);
  await other.release();
});

test("what a process that died has left is put in order", async () => {
  const tree = newTree();
  const { store, release } = await open(tree);
  await store.add(draftOf("one"), { octetsMax });
  await release();
  for (const name of ["gone0000.log", "gone0000.hold", "old00000.part", ".hawser-0123456789abcdef", "nobody00.report"])
    await tree.writeFile(`queue/mail/${name}`, "x");
  clock.advance(200_000_000);
  for (const name of ["young000.part", "young000.hold"]) await tree.writeFile(`queue/mail/${name}`, "x");
  const other = await open(tree);
  assert.deepEqual(await names(tree), ["one00000.mail", "young000.hold", "young000.part"]);
  await other.release();
});

test("reports that are owed come into the queue when somebody takes over", async () => {
  const tree = newTree();
  const { store, release } = await open(tree);
  await store.add(draftOf("one", { to: [{ address: "a@x.example" }, { address: "b@x.example" }] }), { octetsMax });
  const reports = [draftOf("report", { from: "" })];
  await store.step("one00000", stepOf({ progress: [{ number: 0, isDone: true, text: "No" }], reports }));
  await tree.rename("queue/mail/report00.mail", "queue/mail/report00.report"); // as it was just before
  await release();
  const other = await open(tree);
  assert.deepEqual([...(await other.store.marks()).keys()].sort(), ["one00000", "report00"]);
  await other.release();
});

test("what is in the queue was taken, and what was said of it counts, whether its runner could be told or not", async () => {
  const tree = newTree();
  const { store: runner, release } = await open(tree);
  const { store } = await open(tree);
  await tree.makeDirectory("queue/wake"); // where the file should be
  const { id } = await store.add(draftOf("one"), { octetsMax });
  assert.deepEqual([...(await runner.marks()).keys()], [id]);
  assert.equal(await store.setHeld(id, true), true);
  assert.equal((await runner.marks()).get(id)?.held, true);
  await release();
});

test("a message that another process took out is gone at the next step, for each of its recipients", async () => {
  const tree = newTree();
  const ours = await open(tree);
  const theirs = await open(tree);
  const to = [{ address: "a@one.example" }, { address: "b@two.example" }];
  await ours.store.add(draftOf("one", { to }), { octetsMax });
  assert.equal((await ours.store.step("one00000", stepOf({ progress: [waits(0)] }))).mail?.to.length, 2);
  assert.equal(await theirs.store.remove("one00000"), true);
  // Told that it is there still, a runner would forget of each what it has learnt of the other, and never come to rest.
  for (const number of [0, 1])
    assert.equal((await ours.store.step("one00000", stepOf({ progress: [waits(number)] }))).mail, undefined);
  await ours.release();
});
