import assert from "node:assert/strict";
import { test } from "node:test";
import { type FileTree, memoryTree, type Reactor } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { diskMailQueueStore } from "./disk/store.ts";
import { MailQueueError, type MailQueueErrorCode } from "./errors.ts";
import type { MailQueueEvent } from "./events.ts";
import { type MailQueueOptions, mailQueue } from "./mail-queue.ts";
import { memoryMailQueueStore } from "./memory/store.ts";
import type { MailQueue, NewQueuedMail } from "./queue.ts";
import { busy, delivered, refused, ScriptedTransport, unreachable } from "./testing/scripted-transport.test.kit.ts";
import { contentIn } from "./testing/store-contract.test.kit.ts";

const minute = 60_000;
const hour = 60 * minute;
const options = { timeLimitMs: 10 * 24 * hour, stepsMax: 5_000_000 };

/** A queue with a transport that does what the test says. */
interface Given {
  readonly world: World;
  readonly transport: ScriptedTransport;
  readonly events: MailQueueEvent[];
  open(more?: Partial<MailQueueOptions>): Promise<MailQueue>;
}

function queueTest(title: string, body: (given: Given) => Promise<void>): void {
  test(title, () =>
    simulate({ ...options, seed: title }, async (world) => {
      const transport = new ScriptedTransport();
      const events: MailQueueEvent[] = [];
      const open = (more: Partial<MailQueueOptions> = {}) =>
        mailQueue({
          ...{ reactor: world.reactor, store: memoryMailQueueStore(), transport, name: "mx.example.org" },
          ...{ onEvent: (event: MailQueueEvent) => events.push(event) },
          ...more,
          times: { pollMs: 20_000, scanMs: 600_000, ...more.times },
        });
      await body({ world, transport, events, open });
    }),
  );
}

function mailFor(...addresses: string[]): NewQueuedMail {
  return {
    ...{ from: "alice@example.org", to: addresses.map((address) => ({ address })) },
    content: "Subject: Hi\r\n\r\nHello\r\n",
  };
}

/** A host whose only files are these. */
function withFiles(reactor: Reactor, tree: FileTree): Reactor {
  const { kind, clock, random, network, names, processes, threads } = reactor;
  return {
    kind,
    clock,
    random,
    network,
    names,
    processes,
    threads,
    files: (root) => (root === "queue" ? tree : memoryTree({}, { now: () => clock.wall() })),
  };
}

function isError(code: MailQueueErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof MailQueueError && error.code === code;
}

queueTest("what was taken is delivered at once, grouped by destination", async ({ open, transport, events }) => {
  await using queue = await open();
  const mail = await queue.submit(mailFor("a@one.example", "b@two.example", "c@one.example"));
  await queue.settled();
  assert.deepEqual(
    transport.asked.map(({ to }) => to),
    [["a@one.example", "c@one.example"], ["b@two.example"]],
  );
  assert.equal(transport.asked[0]!.content, "Subject: Hi\r\n\r\nHello\r\n");
  assert.deepEqual(await queue.list(), []);
  await assert.rejects(queue.get(mail.id), isError("no-message"));
  const types = events.map(({ type }) => type);
  assert.deepEqual(types, ["running", "submitted", "delivered", "delivered", "delivered", "ended"]);
});

queueTest(
  "who cannot be served now is tried again, at longer and longer intervals (RFC 5321 §4.5.4.1)",
  async (given) => {
    const { open, transport, world } = given;
    const times: number[] = [];
    transport.answer = (address) => {
      if (address === "b@one.example") times.push(world.clock.wall());
      return address === "b@one.example" ? busy : delivered;
    };
    await using queue = await open({ times: { jitter: 0, delayReportMs: 100 * hour } });
    const { id } = await queue.submit(mailFor("a@one.example", "b@one.example"));
    await queue.settled();
    const [left] = (await queue.get(id)).to;
    assert.equal(left!.number, 1);
    assert.equal(left!.lastFailure, "Busy");
    await world.clock.sleep(8 * hour);
    const waits = times.slice(1).map((time, i) => (time - times[i]!) / minute);
    assert.deepEqual(waits, [5, 15, 30, 60, 120, 180]);
    assert.equal((await queue.get(id)).to[0]!.attempts, 7);
  },
);

queueTest("who was refused is told to the sender, once, and the others go on", async ({ open, transport }) => {
  transport.answer = (address) => (address.startsWith("no") ? refused : delivered);
  await using queue = await open();
  await queue.submit(mailFor("no1@one.example", "yes@one.example", "no2@one.example"));
  await queue.settled();
  assert.equal(transport.asked.length, 2);
  const report = transport.asked[1]!;
  assert.deepEqual(report.to, ["alice@example.org"]);
  assert.match(report.content, /^Content-Type: multipart\/report; report-type=delivery-status;/m);
  assert.equal(report.content.match(/^Action: failed\r$/gm)!.length, 2);
  assert.match(report.content, /^Diagnostic-Code: smtp; 550 5\.1\.1 No such user\r$/m);
  assert.match(report.content, /Subject: Hi\r\n\r\nHello/);
  assert.deepEqual(await queue.list(), []);
});

queueTest("nobody reports on a report", async ({ open, transport, events }) => {
  transport.answer = () => refused;
  await using queue = await open();
  await queue.submit(mailFor("no@one.example"));
  await queue.settled();
  assert.deepEqual(
    transport.asked.map(({ to }) => to[0]),
    ["no@one.example", "alice@example.org"],
  );
  assert.equal(events.filter(({ type }) => type === "ended").length, 2);
});

queueTest(
  "the postmaster hears of reports that come back, and not of those that he cannot get",
  async ({ open, transport }) => {
    transport.answer = () => refused;
    await using queue = await open({ postmaster: "postmaster@example.org" });
    await queue.submit(mailFor("no@one.example"));
    await queue.settled();
    const asked = transport.asked.map(({ to }) => to[0]);
    assert.deepEqual(asked, ["no@one.example", "alice@example.org", "postmaster@example.org"]);
  },
);

queueTest("a sender hears of a delay once, and of the end after five days", async ({ open, transport, world }) => {
  const reports: [string, number][] = [];
  transport.answer = (address) => {
    if (address !== "alice@example.org") return busy;
    const { content } = transport.asked.at(-1)!;
    reports.push([/^Action: (\w+)/m.exec(content)![1]!, Math.round(world.clock.wall() / hour)]);
    return delivered;
  };
  await using queue = await open();
  const start = world.clock.wall() / hour;
  await queue.submit(mailFor("b@one.example"));
  await world.clock.sleep(6 * 24 * hour);
  const after = reports.map(([action, at]) => [action, at - start]);
  assert.equal(after.length, 2, JSON.stringify(after));
  assert.equal(after[0]![0], "delayed");
  assert.ok((after[0]![1] as number) >= 4 && (after[0]![1] as number) <= 8);
  assert.deepEqual(after[1], ["failed", 120]);
  assert.match(transport.asked.at(-1)!.content, /^Status: 4\.4\.7\r$/m);
  assert.deepEqual(await queue.list(), []);
});

queueTest("a destination that cannot be reached is asked by one message at a time, and seldom", async (given) => {
  const { open, transport, world } = given;
  let isUp = false;
  transport.answer = (address) => (address.endsWith("@down.example") && !isUp ? unreachable : delivered);
  await using queue = await open();
  for (let i = 0; i < 30; i++) await queue.submit(mailFor(`u${i}@down.example`));
  await queue.submit(mailFor("x@up.example"));
  await world.clock.sleep(hour);
  const tries = transport.asked.filter(({ to }) => to[0]!.endsWith("down.example")).length;
  assert.ok(tries >= 5 && tries <= 15, `${tries} attempts`);
  assert.equal((await queue.list()).length, 30);
  assert.ok((await queue.list()).every(({ to }) => to[0]!.lastFailure === "Nobody answers"));
  isUp = true;
  await world.clock.sleep(3 * hour);
  assert.equal((await queue.list()).length, 0);
});

queueTest("attempts at once are limited, in all and for a destination", async ({ open, transport, world }) => {
  let [now, most] = [0, 0];
  transport.answer = async () => {
    most = Math.max(most, ++now);
    await world.clock.sleep(1_000);
    now--;
    return delivered;
  };
  await using queue = await open({ limits: { attemptsMax: 7, destinationAttemptsMax: 3 } });
  for (let i = 0; i < 40; i++) await queue.submit(mailFor(`u@d${i % 4}.example`));
  await queue.settled();
  assert.equal(most, 7);
  assert.ok(transport.activeMax <= 3);
  for (let i = 0; i < 10; i++) await queue.submit(mailFor("u@one.example"));
  await queue.settled();
  assert.equal(transport.activeMax, 3);
  assert.equal(transport.asked.length, 50);
});

queueTest("many recipients go in several attempts", async ({ open, transport }) => {
  await using queue = await open({ limits: { attemptRecipientsMax: 4 } });
  await queue.submit(mailFor(...Array.from({ length: 10 }, (_, i) => `u${i}@one.example`)));
  await queue.settled();
  assert.deepEqual(
    transport.asked.map(({ to }) => to.length),
    [4, 4, 2],
  );
});

queueTest("what is held waits until it is released", async ({ open, transport, world }) => {
  await using queue = await open();
  const { id } = await queue.submit({ ...mailFor("a@one.example"), held: true });
  await world.clock.sleep(hour);
  assert.equal(await queue.flush(), 0);
  assert.equal(transport.asked.length, 0);
  assert.equal((await queue.get(id)).held, true);
  await queue.release(id);
  await queue.settled();
  assert.equal(transport.asked.length, 1);
  transport.answer = () => busy;
  const other = await queue.submit(mailFor("b@one.example"));
  await queue.settled();
  await queue.hold(other.id);
  await world.clock.sleep(hour);
  assert.equal(transport.asked.length, 2);
});

queueTest("flush tries again now: one, those for a domain, or all", async ({ open, transport }) => {
  transport.answer = (address) => (address.endsWith("two.example") ? unreachable : busy);
  await using queue = await open();
  const { id } = await queue.submit(mailFor("a@one.example"));
  await queue.submit(mailFor("b@two.example"));
  await queue.settled();
  const count = async (which: Parameters<MailQueue["flush"]>[0]) => {
    transport.asked.length = 0;
    const flushed = await queue.flush(which);
    await queue.settled();
    return [flushed, transport.asked.length];
  };
  assert.deepEqual(await count({ id }), [1, 1]);
  assert.deepEqual(await count({ domain: "TWO.example" }), [1, 1]);
  assert.deepEqual(await count({}), [2, 2]);
  await assert.rejects(queue.flush({ id: "nothing0" }), isError("no-message"));
});

queueTest(
  "what is taken out is tried no more, not even when it is just being tried",
  async ({ open, transport, world }) => {
    let reason: unknown;
    transport.answer = (_, { signal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => {
          reason = signal.reason;
          reject(signal.reason);
        }),
      );
    await using queue = await open();
    const { id } = await queue.submit(mailFor("a@one.example"));
    await world.clock.sleep(1);
    await queue.remove(id);
    await queue.settled();
    assert.ok(isError("no-message")(reason));
    assert.deepEqual(await queue.list(), []);
    await assert.rejects(queue.remove(id), isError("no-message"));
  },
);

queueTest("a stop lets attempts end, and cuts those that take too long; they go again", async (given) => {
  const { open, transport, world } = given;
  const tree = memoryTree({}, { now: () => world.clock.wall() });
  const reactor = withFiles(world.reactor, tree);
  const answer: ScriptedTransport["answer"] = async (address, { signal }) => {
    await world.clock.sleep(address.startsWith("slow") ? 30 * minute : 5_000, { signal });
    return delivered;
  };
  transport.answer = answer;
  const first = await open({ reactor, store: await diskMailQueueStore(reactor, "queue") });
  await first.submit(mailFor("quick@one.example"));
  const slow = await first.submit(mailFor("slow@one.example"));
  await world.clock.sleep(1_000);
  const before = world.clock.now();
  await first.stop({ graceMs: 20_000 });
  assert.ok(world.clock.now() - before <= 20_100);
  await assert.rejects(first.submit(mailFor("x@one.example")), isError("closed"));
  await using second = await open({ reactor, store: await diskMailQueueStore(reactor, "queue") });
  assert.deepEqual(
    (await second.list()).map(({ id, to }) => [id, to[0]!.attempts]),
    [[slow.id, 0]],
  );
  await world.clock.sleep(2 * hour);
  assert.deepEqual(await second.list(), []);
  assert.equal(transport.asked.length, 3);
});

queueTest(
  "one process runs a queue, others bring and change, and one takes over",
  async ({ open, transport, world }) => {
    const tree = memoryTree({}, { now: () => world.clock.wall() });
    const host = (name: string) => withFiles(world.host(name), tree);
    const times = { pollMs: 1_000 };
    const store = async (name: string) => ({
      times,
      reactor: host(name),
      store: await diskMailQueueStore(host(name), "queue"),
    });
    const runner = await open(await store("runner"));
    await using visitor = await open({ ...(await store("visitor")), transport: undefined });
    await using heir = await open(await store("heir"));
    assert.deepEqual([runner.isRunning, visitor.isRunning, heir.isRunning], [true, false, false]);
    await visitor.submit(mailFor("a@one.example"));
    await world.clock.sleep(3_000);
    assert.equal(transport.asked.length, 1);
    transport.answer = () => busy;
    const { id } = await visitor.submit(mailFor("b@one.example"));
    await world.clock.sleep(3_000);
    assert.equal((await visitor.get(id)).to[0]!.attempts, 1);
    assert.equal(await visitor.flush(), 1);
    await world.clock.sleep(3_000);
    assert.equal((await visitor.get(id)).to[0]!.attempts, 2);
    await visitor.hold(id);
    await world.clock.sleep(hour);
    assert.equal((await visitor.get(id)).to[0]!.attempts, 2);
    await runner.stop();
    await world.clock.sleep(3_000);
    assert.equal(heir.isRunning, true);
    await visitor.release(id);
    await world.clock.sleep(3_000);
    assert.equal((await visitor.get(id)).to[0]!.attempts, 3);
    await visitor.remove(id);
    await world.clock.sleep(hour);
    assert.equal(transport.asked.length, 4);
  },
);

queueTest("nobody hears of what another process takes out while it is being tried", async (given) => {
  const { open, transport, world, events } = given;
  const tree = memoryTree({}, { now: () => world.clock.wall() });
  const host = (name: string) => withFiles(world.host(name), tree);
  const store = (name: string) => diskMailQueueStore(host(name), "queue");
  await using runner = await open({ reactor: host("runner"), store: await store("runner") });
  await using visitor = await open({ reactor: host("visitor"), store: await store("visitor"), transport: undefined });
  transport.answer = async (_, { mail }) => {
    await visitor.remove(mail.id);
    return refused;
  };
  await runner.submit(mailFor("a@one.example"));
  await runner.settled();
  assert.equal(transport.asked.length, 1);
  assert.deepEqual(await runner.list(), [], "not even a report is there");
  assert.ok(!events.some(({ type }) => type === "reported" || type === "trouble"));
});

queueTest("a process that has lost its lease leaves everything to others, and comes back", async (given) => {
  const { open, transport, world, events } = given;
  const store = memoryMailQueueStore();
  const takeLease = store.takeLease.bind(store);
  const losing = new AbortController();
  let isFirst = true;
  store.takeLease = async () => {
    const lease = await takeLease();
    if (lease === undefined || !isFirst) return lease;
    isFirst = false;
    return { ...lease, lost: losing.signal };
  };
  transport.answer = async (_, { signal }) => {
    await world.clock.sleep(5 * minute, { signal });
    return delivered;
  };
  await using queue = await open({ store, times: { pollMs: 1_000 } });
  await queue.submit(mailFor("a@one.example"));
  await world.clock.sleep(1_000);
  losing.abort(new Error("Another process runs the queue now"));
  assert.equal(queue.isRunning, false);
  await queue.settled();
  await world.clock.sleep(10_000);
  assert.equal(queue.isRunning, true);
  assert.equal((await queue.list())[0]!.to[0]!.attempts, 0);
  await world.clock.sleep(10 * minute);
  assert.deepEqual(await queue.list(), []);
  assert.equal(transport.asked.length, 2);
  const runs = events.flatMap((event) => (event.type === "running" ? [event.runs] : []));
  assert.deepEqual(runs, [true, false, true]);
});

queueTest("nonsense is refused, and so is too much", async ({ open, world }) => {
  await using queue = await open({
    limits: { messagesMax: 2, recipientsMax: 2, messageOctetsMax: 10 },
    transport: undefined,
  });
  const short = { ...mailFor("a@one.example"), content: "Hi\r\n" };
  await assert.rejects(queue.submit({ ...short, to: [] }), isError("no-recipients"));
  await assert.rejects(
    queue.submit(mailFor("a@b.example", "b@b.example", "c@b.example")),
    isError("too-many-recipients"),
  );
  for (const address of ["a\r\nb@x.example", "", "a\0@x.example", "x".repeat(3_000)])
    await assert.rejects(queue.submit({ ...short, to: [{ address }] }), isError("bad-address"));
  await assert.rejects(queue.submit(mailFor("a@one.example")), isError("too-large"));
  for (let i = 0; i < 2; i++) await queue.submit(short);
  await assert.rejects(queue.submit(short), isError("full"));
  await queue.remove((await queue.list())[0]!.id);
  await world.clock.sleep(11_000);
  await queue.submit(short);
  assert.equal(await contentIn(queue, (await queue.list())[0]!.id), "Hi\r\n");
});

queueTest("a disk that takes no more costs no second delivery", async ({ open, transport, world, events }) => {
  const store = memoryMailQueueStore();
  let isFull = true;
  const step = store.step.bind(store);
  store.step = async (...given) => {
    if (isFull) throw new MailQueueError("full", "Cannot keep mail: there is no room on the disk");
    return step(...given);
  };
  await using queue = await open({ store });
  await queue.submit(mailFor("a@one.example"));
  await world.clock.sleep(hour);
  assert.equal(transport.asked.length, 1);
  assert.ok(events.some(({ type }) => type === "trouble"));
  isFull = false;
  await world.clock.sleep(hour);
  assert.equal(transport.asked.length, 1);
  assert.deepEqual(await queue.list(), []);
});
