import assert from "node:assert/strict";
import { test } from "node:test";
import { realClock } from "./clock.ts";

test("what is months away, or never, is not now", async () => {
  const fired: string[] = [];
  const month = realClock.after(31 * 24 * 3_600_000, () => fired.push("in a month"), { idle: true });
  const never = realClock.after(Number.POSITIVE_INFINITY, () => fired.push("never"), { idle: true });
  await realClock.sleep(3); // Node takes 1 ms for what it cannot reach
  assert.deepEqual(fired, []);
  month.cancel();
  never.cancel();
});
