import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { ManualClock } from "../testing/manual-clock.ts";
import { every } from "./every.ts";

describe("every", () => {
  test("calls on an even grid from now", async () => {
    const clock = new ManualClock();
    await clock.elapse(5);
    const times: number[] = [];
    const repetition = every(clock, 10, () => void times.push(clock.now()));
    await clock.elapse(35);
    assert.deepEqual(times, [15, 25, 35]);
    repetition.stop();
    await repetition.done;
    assert.equal(clock.pending, 0);
  });

  test("makes the first call now if asked to, though not before it returns", async () => {
    const clock = new ManualClock();
    const times: number[] = [];
    const repetition = every(clock, 10, () => void times.push(clock.now()), { immediately: true });
    assert.deepEqual(times, []);
    await clock.elapse(10);
    assert.deepEqual(times, [0, 10]);
    repetition.stop();
  });

  test("never overlaps; skips what passed meanwhile, tells how much, and stays on the grid", async () => {
    const clock = new ManualClock();
    const calls: string[] = [];
    const repetition = every(clock, 10, async (skipped) => {
      calls.push(`${clock.now()} skipped ${skipped}`);
      if (clock.now() === 20) await clock.sleep(25);
    });
    await clock.elapse(60);
    assert.deepEqual(calls, ["10 skipped 0", "20 skipped 0", "50 skipped 2", "60 skipped 0"]);
    repetition.stop();
  });

  test("a call that ends exactly on the grid is followed one interval later", async () => {
    const clock = new ManualClock();
    const times: number[] = [];
    const repetition = every(clock, 10, async () => {
      times.push(clock.now());
      await clock.sleep(10);
    });
    await clock.elapse(50);
    assert.deepEqual(times, [10, 30, 50]);
    repetition.stop();
  });

  test("ends with the first error when nobody takes errors", async () => {
    const clock = new ManualClock();
    const failure = new Error("no");
    const { done } = every(clock, 10, () => Promise.reject(failure));
    const ended = assert.rejects(done, failure);
    await clock.elapse(100);
    await ended;
    assert.equal(clock.pending, 0);
  });

  test("goes on after errors that are taken, and ends with one that is not", async () => {
    const clock = new ManualClock();
    const taken: unknown[] = [];
    const { done } = every(
      clock,
      10,
      () => {
        throw clock.now();
      },
      {
        onError: (error) => {
          if (error === 30) throw new Error("worse");
          taken.push(error);
        },
      },
    );
    const ended = assert.rejects(done, { message: "worse" });
    await clock.elapse(100);
    await ended;
    assert.deepEqual(taken, [10, 20]);
  });

  test("stops by itself, by its signal, and at the end of a block; done waits for the last call", async () => {
    const clock = new ManualClock();
    let count = 0;
    const own = every(clock, 10, () => {
      if (++count === 2) own.stop();
    });
    await clock.elapse(100);
    await own.done;
    assert.equal(count, 2);

    const controller = new AbortController();
    let hasEnded = false;
    const bySignal = every(
      clock,
      10,
      async () => {
        await clock.sleep(50);
        hasEnded = true;
      },
      { signal: controller.signal },
    );
    await clock.elapse(10);
    controller.abort();
    await clock.elapse(50);
    await bySignal.done;
    assert.equal(hasEnded, true);
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);

    await every(clock, 10, () => assert.fail(), { signal: controller.signal }).done;
    {
      await using _ = every(clock, 10, () => assert.fail());
    }
    await clock.elapse(100);
    assert.equal(clock.pending, 0);
  });

  test("needs an interval above 0", () => {
    for (const ms of [0, -1, Number.NaN]) assert.throws(() => every(new ManualClock(), ms, () => {}), RangeError);
  });
});
