import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { MailQueueError, type MailQueueErrorCode } from "../errors.ts";
import type { MailQueueDraft, MailQueueStep, MailQueueStore } from "../store.ts";

/** Stores to be tried. */
export interface QueueStoreMaker {
  make(context: TestContext): Promise<MailQueueStore>;
  /** Another store, as in another process, on what the one that was made last keeps. Absent: it is gone with its store. */
  another?(): Promise<MailQueueStore>;
}

interface Given {
  readonly store: MailQueueStore;
  readonly another: () => Promise<MailQueueStore>;
}

/** What every {@link MailQueueStore} promises, as a suite of `node:test`. */
export function queueStoreContract(name: string, maker: QueueStoreMaker): void {
  const all = { ...promises, ...(maker.another === undefined ? {} : sharedPromises) };
  describe(`${name} keeps a queue`, () => {
    for (const [title, body] of Object.entries(all))
      test(title, async (context) => {
        const others: MailQueueStore[] = [];
        const store = await maker.make(context);
        const another = async (): Promise<MailQueueStore> => {
          others.push(await maker.another!());
          return others.at(-1)!;
        };
        await body({ store, another });
        for (const one of [...others, store]) await one[Symbol.asyncDispose]();
      });
  });
}

const octetsMax = 1_000_000;

/** A message as a queue is given it. */
export function draftOf(id: string, more: Partial<MailQueueDraft> = {}): MailQueueDraft {
  return {
    ...{ id: `${id}00000000`.slice(0, 8), submittedAt: 1_000, from: "alice@example.org" },
    ...{ to: [{ address: "bob@example.net" }], content: "Subject: Hi\r\n\r\nHello\r\n" },
    ...more,
  };
}

function add(store: MailQueueStore, id: string, more: Partial<MailQueueDraft> = {}) {
  return store.add(draftOf(id, more), { octetsMax });
}

/** The whole content of a message. */
export async function contentIn(store: Pick<MailQueueStore, "read">, id: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of store.read(id)) pieces.push(piece);
  return Buffer.concat(pieces).toString("latin1");
}

function isError(code: MailQueueErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof MailQueueError && error.code === code;
}

function stepOf(more: Partial<MailQueueStep>): MailQueueStep {
  return { at: 2_000, progress: [], reports: [], ...more };
}

const done = (number: number) => ({ number, isDone: true as const, text: "delivered" });
const waits = (number: number) => ({ number, isDone: false as const, attempts: 1, nextAttemptAt: 5_000, text: "busy" });
const three = { to: ["a", "b", "c"].map((name) => ({ address: `${name}@example.net` })) };

async function leased(store: MailQueueStore): Promise<() => Promise<void>> {
  const lease = await store.takeLease();
  assert.ok(lease);
  return () => lease.release();
}

const promises: Readonly<Record<string, (given: Given) => Promise<void>>> = {
  async "a message comes back as it was given"({ store }) {
    const to = [
      {
        address: "bob@example.net",
        notify: ["FAILURE" as const, "DELAY" as const],
        orcpt: "rfc822;robert@example.net",
      },
      { address: '"odd }\\n\\n name"@example.net', notify: [] },
    ];
    const given = await add(store, "one", { to, ret: "HDRS", envid: "a b", utf8: true, notBefore: 7_000 });
    assert.deepEqual(await store.get(given.id), given);
    const { from, octets, submittedAt, held, isDelayTold, body, utf8, ret, envid } = given;
    assert.deepEqual(
      [from, octets, submittedAt, held, isDelayTold, body, utf8, ret, envid],
      ["alice@example.org", 22, 1_000, false, false, "7BIT", true, "HDRS", "a b"],
    );
    assert.deepEqual(
      given.to.map(({ number, address, notify, orcpt, attempts, nextAttemptAt }) => [
        number,
        address,
        notify,
        orcpt,
        attempts,
        nextAttemptAt,
      ]),
      [
        [0, "bob@example.net", ["FAILURE", "DELAY"], "rfc822;robert@example.net", 0, 7_000],
        [1, '"odd }\\n\\n name"@example.net', [], undefined, 0, 7_000],
      ],
    );
    assert.equal(await contentIn(store, given.id), "Subject: Hi\r\n\r\nHello\r\n");
  },

  async "octets come back exactly, however they come"({ store }) {
    const big = Buffer.alloc(300_000, "0123456789\r\n");
    async function* dripping() {
      for (let at = 0; at < big.length; at += 70_001) yield big.subarray(at, at + 70_001);
    }
    for (const [id, content] of Object.entries({ big, dripping: dripping(), empty: "", feeds: "\n}\n\n\r\n" })) {
      const mail = await add(store, id, { content });
      const octets = id === "empty" ? "" : id === "feeds" ? "\n}\n\n\r\n" : big.toString();
      assert.equal(await contentIn(store, mail.id), octets);
      assert.equal(mail.octets, octets.length);
      assert.deepEqual(await store.get(mail.id), mail);
    }
  },

  async "what its octets are is found out"({ store }) {
    assert.equal((await add(store, "one", { content: "gr\u00fcn" })).body, "8BITMIME");
    assert.equal((await add(store, "two", { content: Buffer.from([0xff]), body: "7BIT" })).body, "8BITMIME");
    assert.equal((await add(store, "three", { content: "x", body: "BINARYMIME" })).body, "BINARYMIME");
    assert.equal((await store.get("three000"))?.body, "BINARYMIME");
  },

  async "a message that is too large, or breaks off, leaves nothing behind"({ store }) {
    await assert.rejects(store.add(draftOf("one"), { octetsMax: 21 }), isError("too-large"));
    const broken = async function* () {
      yield Buffer.from("Subject");
      throw new Error("It breaks off");
    };
    await assert.rejects(add(store, "two", { content: broken() }), /breaks off/);
    const signal = AbortSignal.abort(new Error("Enough"));
    await assert.rejects(store.add(draftOf("three"), { octetsMax, signal }), /Enough/);
    assert.equal((await store.marks()).size, 0);
    assert.equal(await store.get("one00000"), undefined);
  },

  async "who asks for what is not there hears so"({ store }) {
    for (const id of ["none0000", "../one", "", "a/b", "UPPER000"]) {
      assert.equal(await store.get(id), undefined);
      assert.equal(await store.setHeld(id, true), false);
      assert.equal(await store.flush(id), false);
      assert.equal(await store.remove(id), false);
      await assert.rejects(contentIn(store, id), isError("no-message"));
    }
  },

  async "what is said of a message is remembered"({ store }) {
    const { id } = await add(store, "one");
    assert.equal(await store.setHeld(id, true), true);
    assert.equal((await store.get(id))?.held, true);
    assert.equal(await store.flush(id), true);
    assert.deepEqual([...(await store.marks())], [[id, { held: true, flushed: true }]]);
    await store.heed(id);
    await store.setHeld(id, false);
    assert.deepEqual([...(await store.marks())], [[id, { held: false, flushed: false }]]);
    assert.equal(await store.remove(id), true);
    assert.equal((await store.marks()).size, 0);
  },

  async "a message may be held from the beginning"({ store }) {
    const { id } = await add(store, "one", { held: true });
    assert.deepEqual([...(await store.marks())], [[id, { held: true, flushed: false }]]);
    assert.equal((await store.get(id))?.held, true);
  },

  async "steps change who is left, and the last takes the message with it"({ store }) {
    const release = await leased(store);
    const { id } = await add(store, "one", three);
    const first = await store.step(id, stepOf({ progress: [done(1), waits(2)], isDelayTold: true }));
    const state = (mail: typeof first.mail) =>
      mail?.to.map(({ number, attempts, nextAttemptAt, lastFailure }) => [
        number,
        attempts,
        nextAttemptAt,
        lastFailure,
      ]);
    const expected = [
      [0, 0, 1_000, undefined],
      [2, 1, 5_000, "busy"],
    ];
    assert.deepEqual(state(first.mail), expected);
    assert.deepEqual(await store.get(id), first.mail);
    assert.equal(first.mail?.isDelayTold, true);
    assert.equal((await store.step(id, stepOf({ progress: [done(0), done(2)] }))).mail, undefined);
    assert.equal(await store.get(id), undefined);
    assert.equal((await store.marks()).size, 0);
    await release();
  },

  async "steps of one message that come together all count"({ store }) {
    const release = await leased(store);
    const { id } = await add(store, "one", three);
    await Promise.all([0, 1].map((number) => store.step(id, stepOf({ progress: [done(number)] }))));
    assert.deepEqual(
      (await store.get(id))?.to.map(({ number }) => number),
      [2],
    );
    await release();
  },

  async "reports come into the queue with their step"({ store }) {
    const release = await leased(store);
    const { id } = await add(store, "one", three);
    const reports = [draftOf("report1", { from: "", content: "One" }), draftOf("report2", { from: "" })];
    const stepped = await store.step(id, stepOf({ progress: [done(0)], reports }));
    assert.deepEqual(
      stepped.reports.map((one) => one.id),
      ["report10", "report20"],
    );
    assert.equal(await contentIn(store, "report10"), "One");
    assert.deepEqual([...(await store.marks()).keys()].sort(), [id, "report10", "report20"]);
    await store.step(id, stepOf({ progress: [done(1), done(2)], reports: [draftOf("report3", { from: "" })] }));
    assert.deepEqual([...(await store.marks()).keys()].sort(), ["report10", "report20", "report30"]);
    await release();
  },

  async "a step of a message that was taken out brings its reports, and nothing back"({ store }) {
    const release = await leased(store);
    const { id } = await add(store, "one", three);
    await store.remove(id);
    const stepped = await store.step(id, stepOf({ progress: [waits(0)], reports: [draftOf("report")] }));
    assert.equal(stepped.mail, undefined);
    assert.deepEqual([...(await store.marks()).keys()], ["report00"]);
    await release();
  },

  async "one at a time has the lease"({ store }) {
    const release = await leased(store);
    assert.equal(await store.takeLease(), undefined);
    await release();
    await (await leased(store))();
  },

  async "the version changes when somebody else says something"({ store }) {
    const { id } = await add(store, "one");
    const before = await store.version();
    await store.setHeld(id, true);
    assert.notEqual(await store.version(), before);
  },
};

const sharedPromises: Readonly<Record<string, (given: Given) => Promise<void>>> = {
  async "another process sees all of it"({ store, another }) {
    const release = await leased(store);
    const { id } = await add(store, "one", three);
    const { mail } = await store.step(id, stepOf({ progress: [done(1), waits(2)] }));
    const other = await another();
    assert.deepEqual(await other.get(id), mail);
    assert.equal(await other.takeLease(), undefined);
    await assert.rejects(other.step(id, stepOf({ progress: [done(0)] })), isError("busy"));
    await release();
    await (await leased(other))();
  },

  async "what another process brings and says is noticed"({ store, another }) {
    const release = await leased(store);
    const other = await another();
    let version = await store.version();
    const isNew = async (): Promise<boolean> => {
      const before = version;
      version = await store.version();
      return before !== version;
    };
    const { id } = await add(other, "one");
    assert.equal(await isNew(), true);
    await other.setHeld(id, true);
    assert.equal(await isNew(), true);
    await other.flush(id);
    assert.equal(await isNew(), true);
    assert.deepEqual([...(await store.marks())], [[id, { held: true, flushed: true }]]);
    await other.remove(id);
    assert.equal(await isNew(), true);
    assert.equal((await store.marks()).size, 0);
    assert.equal(await isNew(), false);
    await release();
  },
};
