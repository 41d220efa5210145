import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import fc from "fast-check";
import { settled } from "../testing/manual-clock.ts";
import { Queue } from "./queue.ts";

describe("Queue", () => {
  test("gives values in the order they were put", async () => {
    const queue = new Queue<number>(3);
    for (const value of [1, 2, 3]) await queue.put(value);
    assert.deepEqual([await queue.take(), await queue.take(), await queue.take()], [1, 2, 3]);
  });

  test("gives values to takers in the order they came", async () => {
    const queue = new Queue<string>(1);
    const takers = [queue.take(), queue.take()];
    await settled();
    await queue.put("first");
    await queue.put("second");
    assert.deepEqual(await Promise.all(takers), ["first", "second"]);
  });

  test("carries undefined like any other value", async () => {
    const queue = new Queue<undefined>(1);
    await queue.put(undefined);
    assert.equal(await queue.take(), undefined);
    assert.equal(queue.size, 0);
  });

  test("offer refuses when it is full; put waits for room, in line", async () => {
    const queue = new Queue<number>(1);
    assert.equal(queue.offer(1), true);
    assert.equal(queue.offer(2), false);
    const put = queue.put(3);
    await settled();
    assert.equal(await queue.take(), 1);
    assert.equal(queue.offer(4), false, "the room belongs to who waited for it");
    await put;
    assert.equal(await queue.take(), 3);
  });

  test("iteration ends when the queue is closed and empty", async () => {
    const queue = new Queue<number>(5);
    const read = (async () => {
      const values: number[] = [];
      for await (const value of queue) values.push(value);
      return values;
    })();
    await queue.put(1);
    await queue.put(2);
    queue.close();
    queue.close();
    assert.deepEqual(await read, [1, 2]);
  });

  test("after close nothing is put, what is in it may be taken, and then nothing", async () => {
    const queue = new Queue<number>(1);
    await queue.put(1);
    const waiting = queue.put(2);
    const refused = assert.rejects(waiting, { name: "StateError" });
    await settled();
    queue.close();
    await refused;
    await assert.rejects(queue.put(3), { name: "StateError" });
    assert.throws(() => queue.offer(3), { name: "StateError" });
    assert.equal(await queue.take(), 1);
    await assert.rejects(queue.take(), { name: "StateError" });
  });

  test("closed with a reason, it tells the reason to all who wait or come", async () => {
    const reason = new Error("the disk is full");
    const queue = new Queue<number>(1);
    const taking = assert.rejects(queue.take(), reason);
    await settled();
    queue.close(reason);
    await taking;
    await assert.rejects(queue.take(), reason);
    await assert.rejects(async () => {
      for await (const value of queue) assert.fail(String(value));
    }, reason);
  });

  test("who gives up leaves the line with the reason; values and takers pass by", async () => {
    const queue = new Queue<string>(1);
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new Error("enough");
    const leavingTaker = assert.rejects(queue.take({ signal }), reason);
    const stayingTaker = queue.take();
    await settled();
    controller.abort(reason);
    await leavingTaker;
    await queue.put("for who stayed");
    assert.equal(await stayingTaker, "for who stayed");

    const second = new AbortController();
    await queue.put("in");
    const leavingPutter = assert.rejects(queue.put("given up", { signal: second.signal }), reason);
    const stayingPutter = queue.put("last");
    await settled();
    second.abort(reason);
    await leavingPutter;
    assert.equal(await queue.take(), "in");
    await stayingPutter;
    assert.equal(await queue.take(), "last");
    for (const used of [signal, second.signal]) assert.equal(getEventListeners(used, "abort").length, 0);
    await assert.rejects(queue.put("late", { signal }), reason);
    await assert.rejects(queue.take({ signal }), reason);
    assert.equal(queue.size, 0);
  });

  test("loses nothing and keeps the order, whatever its capacity and whoever is quicker", () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(fc.boolean()), async (capacity, steps) => {
        const queue = new Queue<number>(capacity);
        const taken: Promise<number>[] = [];
        let put = 0;
        for (const isPut of steps) {
          if (isPut) void queue.put(put++);
          else taken.push(queue.take());
          if (isPut) await Promise.resolve();
          assert.ok(queue.size <= capacity);
        }
        while (taken.length < put) taken.push(queue.take());
        while (put < taken.length) void queue.put(put++);
        assert.deepEqual(await Promise.all(taken), [...taken.keys()]);
      }),
    ));

  test("needs room for one value at least", () => {
    for (const capacity of [0, -1, Number.NaN]) assert.throws(() => new Queue(capacity), RangeError);
    assert.equal(new Queue(Number.POSITIVE_INFINITY).offer(1), true);
  });
});
