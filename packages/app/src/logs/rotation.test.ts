import assert from "node:assert/strict";
import { test } from "node:test";
import { rotatedName, rotationDue, surplusRotated } from "./rotation.ts";

const noon = new Date(2026, 10, 26, 12).getTime();
const day = 24 * 3_600_000;

test("by size: before it would be larger, and never when it is empty", () => {
  const policy = { octetsMax: 100 };
  assert.equal(rotationDue({ octets: 90, sinceMs: noon }, 10, noon, policy), false);
  assert.equal(rotationDue({ octets: 90, sinceMs: noon }, 11, noon, policy), true);
  assert.equal(rotationDue({ octets: 0, sinceMs: noon }, 1_000, noon + 9 * day, { ...policy, daily: true }), false);
});

test("by day: at the first line of the next one; a clock put back is no new day", () => {
  const state = { octets: 1, sinceMs: noon };
  assert.equal(rotationDue(state, 1, noon + 11 * 3_600_000, { daily: true }), false);
  assert.equal(rotationDue(state, 1, noon + 13 * 3_600_000, { daily: true }), true);
  assert.equal(rotationDue(state, 1, noon - day, { daily: true }), false);
  assert.equal(rotationDue(state, 1, noon + day, {}), false);
});

test("names tell the time, sort by age and are not taken, compressed or not", () => {
  const wall = Date.UTC(2026, 10, 26, 12, 3, 4, 5);
  assert.equal(
    rotatedName("h.log", wall, () => false),
    "h.log.2026-11-26T12-03-04.005Z",
  );
  const taken = new Set(["h.log.2026-11-26T12-03-04.005Z", "h.log.2026-11-26T12-03-04.006Z.gz"]);
  assert.equal(
    rotatedName("h.log", wall, (name) => taken.has(name)),
    "h.log.2026-11-26T12-03-04.007Z",
  );
});

test("the oldest go, and nothing that only looks like them", () => {
  const old = [1, 2, 3, 4].map((hour) => `h.log.2026-11-26T0${hour}-00-00.000Z${hour % 2 === 0 ? ".gz" : ""}`);
  const others = ["h.log", "h.log.1", "h.log.2026-11-26", "xh.log.2026-11-26T01-00-00.000Z", "h.logs"];
  assert.deepEqual(surplusRotated("h.log", [...others, ...old.toReversed()], 2), old.slice(0, 2));
  assert.deepEqual(surplusRotated("h.log", [...others, ...old], 0), old);
  assert.deepEqual(surplusRotated("h.log", [...others, ...old]), []);
});
