import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "@hawser/core/testing";
import { dateField } from "./date.ts";

test("the Date is that of the second, at every moment of it, and is made once for it (RFC 9110 §5.6.7)", () => {
  const clock = new ManualClock();
  const date = dateField(clock);
  for (let past = 0; past < 3_500; past += 125) {
    const text = date(clock.now());
    assert.equal(text, new Date(clock.wall()).toUTCString());
    assert.equal(date(clock.now() + 999 - (clock.wall() % 1000)), text);
    clock.advance(125);
  }
});
