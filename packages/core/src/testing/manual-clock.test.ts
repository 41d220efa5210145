import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { ManualClock } from "./manual-clock.ts";

describe("ManualClock", () => {
  test("stands still until it is moved", () => {
    const clock = new ManualClock(1000);
    assert.deepEqual([clock.now(), clock.wall()], [0, 1000]);
    clock.advance(250);
    assert.deepEqual([clock.now(), clock.wall()], [250, 1250]);
  });

  test("makes calls in the order of their times, then in the order they were asked for", () => {
    const clock = new ManualClock();
    const calls: string[] = [];
    const note = (name: string) => () => calls.push(`${name} at ${clock.now()}`);
    clock.after(20, note("c"));
    clock.after(10, note("a"));
    clock.after(10, note("b"));
    clock.after(10, () => clock.after(5, note("asked for by a call")));
    clock.advance(19);
    assert.deepEqual(calls, ["a at 10", "b at 10", "asked for by a call at 15"]);
    assert.equal(clock.pending, 1);
    clock.advance(1);
    assert.equal(calls.at(-1), "c at 20");
  });

  test("never makes a call at once, not even after 0 ms", () => {
    const clock = new ManualClock();
    let called = false;
    clock.after(0, () => {
      called = true;
    });
    assert.equal(called, false);
    clock.advance(0);
    assert.equal(called, true);
  });

  test("makes no call that was cancelled", () => {
    const clock = new ManualClock();
    const timer = clock.after(10, () => assert.fail());
    timer.cancel();
    timer.cancel();
    assert.equal(clock.pending, 0);
    clock.advance(10);
  });

  test("sleeps, and wakes early with the reason of the signal", async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const { signal } = controller;
    const sleeps = [clock.sleep(10, { signal }), clock.sleep(20, { signal })];
    clock.advance(10);
    await sleeps[0];
    assert.equal(getEventListeners(signal, "abort").length, 1);
    const reason = new Error("enough");
    controller.abort(reason);
    await assert.rejects(sleeps[1]!, reason);
    await assert.rejects(clock.sleep(1, { signal }), reason);
    assert.equal(clock.pending, 0);
  });

  test("has deadlines that pass in its own time", () => {
    const clock = new ManualClock();
    const signal = clock.deadline(1000);
    clock.advance(999);
    assert.equal(signal.aborted, false);
    clock.advance(1);
    assert.equal(signal.reason.code, "timed-out");
  });

  test("elapse lets promises ask for more time between the calls", async () => {
    const clock = new ManualClock();
    const woken: number[] = [];
    const walk = async () => {
      for (let step = 0; step < 3; step++) {
        await clock.sleep(10);
        woken.push(clock.now());
      }
    };
    const walked = walk();
    await clock.elapse(30);
    await walked;
    assert.deepEqual(woken, [10, 20, 30]);
  });

  test("refuses to go round for ever", () => {
    const clock = new ManualClock();
    const again = () => void clock.after(0, again);
    again();
    assert.throws(() => clock.advance(0), { message: "Cannot let time pass: the calls that fall due have no end" });
  });
});
