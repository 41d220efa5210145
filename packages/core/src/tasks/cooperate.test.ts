import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { ManualClock } from "../testing/manual-clock.ts";
import { cooperate } from "./cooperate.ts";

describe("cooperate", () => {
  test("does the work in slices that keep to their budget, and gives its result", async () => {
    const clock = new ManualClock();
    const steps: number[] = [];
    const task = cooperate(count(5, steps, clock), { clock, budgetMs: 2 });
    assert.deepEqual(steps, [], "nothing is done before cooperate returns");
    clock.advance(0);
    assert.deepEqual(steps, [0, 1]);
    clock.advance(0);
    assert.deepEqual(steps, [0, 1, 2, 3]);
    clock.advance(0);
    assert.equal(await task.done, "counted to 5");
    assert.equal(clock.pending, 0);
  });

  test("where time stands still, a slice ends after stepsMax steps", async () => {
    const clock = new ManualClock();
    const steps: number[] = [];
    const slices: number[] = [];
    const note = (): void => void clock.after(0, () => slices.push(steps.length) < 3 && note());
    const task = cooperate(count(7, steps), { clock, stepsMax: 3 });
    note();
    clock.advance(0);
    assert.deepEqual(slices, [3, 6, 7]);
    assert.equal(await task.done, "counted to 7");
  });

  test("takes one step a slice at least, even without a budget", async () => {
    const clock = new ManualClock();
    const task = cooperate(count(3, []), { clock, budgetMs: 0 });
    clock.advance(0);
    assert.equal(await task.done, "counted to 3");
  });

  test("pauses and resumes", async () => {
    const clock = new ManualClock();
    const steps: number[] = [];
    const task = cooperate(count(3, steps, clock), { clock, budgetMs: 1 });
    clock.advance(0);
    task.pause();
    task.pause();
    clock.advance(0);
    assert.deepEqual([steps, clock.pending], [[0], 0]);
    task.resume();
    task.resume();
    assert.equal(clock.pending, 1);
    for (let turn = 0; turn < 3; turn++) clock.advance(0);
    assert.equal(await task.done, "counted to 3");
    task.resume();
    assert.equal(clock.pending, 0);
  });

  test("may be paused, resumed and stopped from within its own work", async () => {
    const clock = new ManualClock();
    let cleaned = false;
    function* work(): Generator<undefined, void> {
      try {
        task.pause();
        task.resume();
        yield;
        task.stop("from within");
        yield;
        assert.fail("the work goes on after stop");
      } finally {
        cleaned = true;
      }
    }
    const task = cooperate(work(), { clock });
    clock.advance(0);
    await assert.rejects(task.done, (reason) => reason === "from within");
    assert.deepEqual([cleaned, clock.pending], [true, 0]);
  });

  test("stop ends the work where it stands and lets it clean up", async () => {
    const clock = new ManualClock();
    let cleaned = false;
    function* work(): Generator<void, void> {
      try {
        for (;;) yield clock.advance(1);
      } finally {
        cleaned = true;
      }
    }
    const task = cooperate(work(), { clock, budgetMs: 1 });
    clock.advance(0);
    task.stop();
    task.stop("again");
    assert.deepEqual([cleaned, clock.pending], [true, 0]);
    await assert.rejects(task.done, { name: "StateError" });
  });

  test("tells what the work threw, also while it cleaned up", async () => {
    const clock = new ManualClock();
    const failure = new Error("no");
    function* failing(): Generator<undefined, void> {
      try {
        yield;
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: the error of the clean-up is what is tested
        throw failure;
      }
    }
    const thrown = cooperate(failing(), { clock });
    clock.advance(0);
    await assert.rejects(thrown.done, failure);
    const stopped = cooperate(failing(), { clock, stepsMax: 1 });
    clock.after(0, () => stopped.stop());
    clock.advance(0);
    await assert.rejects(stopped.done, failure);
  });

  test("is stopped by its signal, with its reason, and leaves no listener", async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const { signal } = controller;
    const finished = cooperate(count(1, []), { clock, signal });
    clock.advance(0);
    await finished.done;
    assert.equal(getEventListeners(signal, "abort").length, 0);
    const reason = new Error("enough");
    const task = cooperate(count(1, []), { clock, signal });
    controller.abort(reason);
    await assert.rejects(task.done, reason);
    await assert.rejects(cooperate(count(1, []), { clock, signal }).done, reason);
    assert.equal(clock.pending, 0);
  });
});

/** Work of so many steps, of which each takes a millisecond. */
function* count(to: number, steps: number[], clock?: ManualClock): Generator<undefined, string> {
  for (let step = 0; step < to; step++) {
    steps.push(step);
    clock?.advance(1);
    yield;
  }
  return `counted to ${to}`;
}
