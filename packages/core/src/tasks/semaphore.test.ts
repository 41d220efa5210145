import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { settled } from "../testing/manual-clock.ts";
import { deferred } from "./deferred.ts";
import { Lock, Semaphore } from "./semaphore.ts";

describe("Semaphore", () => {
  test("lets as many in as it has permits, and the others in the order they came", async () => {
    const semaphore = new Semaphore(2);
    const order: string[] = [];
    const gates = ["a", "b", "c", "d"].map((name) => {
      const gate = deferred<void>();
      void semaphore.run(() => {
        order.push(name);
        return gate.promise;
      });
      return gate;
    });
    await settled();
    assert.deepEqual([order, semaphore.available, semaphore.waiting], [["a", "b"], 0, 2]);
    gates[1]!.resolve();
    await settled();
    assert.deepEqual(order, ["a", "b", "c"]);
    for (const gate of gates) gate.resolve();
    await settled();
    assert.deepEqual([order, semaphore.available, semaphore.waiting], [["a", "b", "c", "d"], 2, 0]);
  });

  test("gives a permit to who waits, not to who comes when it is given back", async () => {
    const semaphore = new Semaphore(1);
    const first = await semaphore.acquire();
    const second = semaphore.acquire();
    await settled();
    first.release();
    assert.equal(semaphore.tryAcquire(), undefined);
    (await second).release();
    assert.notEqual(semaphore.tryAcquire(), undefined);
  });

  test("run gives back what the task gave, and the permit also when it throws", async () => {
    const semaphore = new Semaphore(1);
    assert.equal(await semaphore.run(() => 7), 7);
    const failure = new Error("no");
    await assert.rejects(
      semaphore.run(() => Promise.reject(failure)),
      failure,
    );
    await assert.rejects(
      semaphore.run(() => {
        throw failure;
      }),
      failure,
    );
    assert.equal(semaphore.available, 1);
  });

  test("a permit is given back once, however often it is released", async () => {
    const semaphore = new Semaphore(1);
    const permit = await semaphore.acquire();
    permit.release();
    permit.release();
    permit[Symbol.dispose]();
    assert.equal(semaphore.available, 1);
  });

  test("who gives up waiting leaves the line, with the reason, and no listener behind", async () => {
    const semaphore = new Semaphore(1);
    const controller = new AbortController();
    const { signal } = controller;
    const permit = await semaphore.acquire({ signal });
    const leaving = semaphore.acquire({ signal });
    const staying = semaphore.acquire();
    await settled();
    assert.equal(getEventListeners(signal, "abort").length, 1);
    const reason = new Error("enough");
    controller.abort(reason);
    await assert.rejects(leaving, reason);
    assert.equal(semaphore.waiting, 1);
    permit.release();
    (await staying).release();
    assert.equal(semaphore.available, 1);
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });

  test("a signal that has aborted gets nothing, even when a permit is free", async () => {
    const semaphore = new Semaphore(1);
    const reason = new Error("too late");
    await assert.rejects(semaphore.acquire({ signal: AbortSignal.abort(reason) }), reason);
    assert.equal(semaphore.available, 1);
  });

  test("those who were served leave no listener on a signal that lives on", async () => {
    const semaphore = new Semaphore(1);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 100 }, () => semaphore.run(() => settled(), { signal })));
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });

  test("sends away who comes when the line is full, and nobody else", async () => {
    const semaphore = new Semaphore(1, { waitingMax: 1 });
    const first = await semaphore.acquire();
    const second = semaphore.acquire();
    assert.equal(semaphore.isFull, true);
    await assert.rejects(semaphore.acquire(), {
      code: "bad-state",
      message: "Cannot wait for a permit: so many wait already (1)",
    });
    first.release();
    assert.equal(semaphore.isFull, false);
    (await second).release();
    assert.equal(semaphore.available, 1);
  });

  test("with no room to wait, a permit is to be had at once or not at all", async () => {
    const lock = new Lock({ waitingMax: 0 });
    const permit = await lock.acquire();
    await assert.rejects(lock.acquire(), { code: "bad-state" });
    permit.release();
    assert.equal(await lock.run(() => "in"), "in");
  });

  test("needs a whole number of permits, and a line that is no shorter than empty", () => {
    for (const waitingMax of [-1, Number.NaN]) assert.throws(() => new Semaphore(1, { waitingMax }), RangeError);
    for (const permits of [0, -1, 1.5, Number.NaN]) assert.throws(() => new Semaphore(permits), RangeError);
  });
});

test("Lock lets one in at a time", async () => {
  const lock = new Lock();
  let inside = 0;
  const visits = Array.from({ length: 5 }, () =>
    lock.run(async () => {
      assert.equal(++inside, 1);
      assert.equal(lock.held, true);
      await settled();
      inside--;
    }),
  );
  await Promise.all(visits);
  assert.equal(lock.held, false);
});
