import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { ManualClock } from "../testing/manual-clock.ts";
import { backoff } from "./backoff.ts";
import { withDeadline } from "./deadline.ts";
import { retry } from "./retry.ts";

const never = { number: () => 0 };
const middling = { number: () => 0.5 };

describe("backoff", () => {
  test("doubles from half a second to a minute", () => {
    const waits = first(9, backoff({ random: never }));
    assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  test("leaves up to half of each wait to chance", () => {
    assert.deepEqual(first(3, backoff({ random: middling })), [375, 750, 1500]);
    assert.deepEqual(first(2, backoff({ random: middling, jitter: 1 })), [250, 500]);
    assert.deepEqual(first(2, backoff({ random: middling, jitter: 0 })), [500, 1000]);
  });

  test("can be as Twisted's, but for the shape of its jitter", () => {
    const waits = first(12, backoff({ random: never, initialMs: 1000, factor: Math.E, maxMs: 3_600_000 }));
    assert.deepEqual(waits.slice(0, 3).map(Math.round), [1000, 2718, 7389]);
    assert.equal(waits.at(-1), 3_600_000);
  });
});

describe("retry", () => {
  test("tries again after each wait, until it succeeds", async () => {
    const clock = new ManualClock();
    const attempts: string[] = [];
    const result = retry(
      (number) => {
        attempts.push(`${number} at ${clock.now()}`);
        if (number < 3) throw new Error("not yet");
        return "done";
      },
      { clock, waitsMs: backoff({ random: never }) },
    );
    await clock.elapse(1500);
    assert.equal(await result, "done");
    assert.deepEqual(attempts, ["1 at 0", "2 at 500", "3 at 1500"]);
  });

  test("gives the last error when attempts or waits are used up, or it is not temporary", async () => {
    const clock = new ManualClock();
    const attempts: number[] = [];
    const attempt = (number: number) => {
      attempts.push(number);
      throw new Error(`attempt ${number}`);
    };
    const cases = [
      retry(attempt, { clock, waitsMs: backoff({ random: never }), attemptsMax: 2 }),
      retry(attempt, { clock, waitsMs: [1, 1] }),
      retry(attempt, { clock, waitsMs: [1, 1], isTemporary: () => false }),
    ];
    const ends = Promise.allSettled(cases);
    await clock.elapse(100_000);
    const messages = (await ends).map((end) => end.status === "rejected" && end.reason.message);
    assert.deepEqual(messages, ["attempt 2", "attempt 3", "attempt 1"]);
    assert.equal(clock.pending, 0);
  });

  test("gives up with the reason of the signal: before, between and during attempts", async () => {
    const clock = new ManualClock();
    const reason = new Error("enough");
    const waitsMs = [1000];
    await assert.rejects(
      retry(() => 1, { clock, waitsMs, signal: AbortSignal.abort(reason) }),
      reason,
    );
    const between = new AbortController();
    const waiting = retry(() => Promise.reject(new Error("no")), { clock, waitsMs, signal: between.signal });
    const during = new AbortController();
    const trying = retry(() => clock.sleep(50, { signal: during.signal }), { clock, waitsMs, signal: during.signal });
    const ends = [assert.rejects(waiting, reason), assert.rejects(trying, reason)];
    await clock.elapse(10);
    between.abort(reason);
    during.abort(reason);
    await Promise.all(ends);
    assert.equal(clock.pending, 0);
  });
});

describe("withDeadline", () => {
  test("gives what the task gives, and leaves no timer and no listener", async () => {
    const clock = new ManualClock();
    const { signal } = new AbortController();
    assert.equal(await withDeadline(clock, 1000, async () => "in time", { signal }), "in time");
    await assert.rejects(
      withDeadline(clock, 1000, () => {
        throw new Error("at once");
      }),
      { message: "at once" },
    );
    assert.equal(clock.pending, 0);
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });

  test("ends the wait when the time is over, and tells the task", async () => {
    const clock = new ManualClock();
    let told: unknown;
    const late = withDeadline(clock, 1000, (signal) => {
      signal.addEventListener("abort", () => {
        told = signal.reason.code;
      });
      return new Promise(() => {});
    });
    const ended = assert.rejects(late, { name: "ConnectionError", code: "timed-out" });
    await clock.elapse(1000);
    await ended;
    assert.equal(told, "timed-out");
  });

  test("ends with the caller's signal and its reason", async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const reason = new Error("enough");
    const ended = assert.rejects(
      withDeadline(clock, 1000, (signal) => clock.sleep(500, { signal }), { signal: controller.signal }),
      reason,
    );
    controller.abort(reason);
    await ended;
    await assert.rejects(
      withDeadline(clock, 1000, () => assert.fail("too late"), { signal: controller.signal }),
      reason,
    );
    assert.equal(clock.pending, 0);
  });
});

function first(count: number, waits: Iterator<number>): readonly number[] {
  return Array.from({ length: count }, () => waits.next().value);
}
