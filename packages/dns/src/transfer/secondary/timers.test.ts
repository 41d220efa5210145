import assert from "node:assert/strict";
import { test } from "node:test";
import type { SoaData } from "../../records/soa.ts";
import { testRecords } from "../transfer.test.kit.ts";
import { type SecondaryTimerLimits, SecondaryTimers } from "./timers.ts";

/** Chance that gives always the same: 0 is no jitter at all. */
const always = (number: number) => ({ number: () => number });

function soaWith(timers: string): SoaData {
  const [record] = testRecords(`@ SOA ns host 1 ${timers} 300`);
  assert.ok(record?.type === "SOA");
  return record.data;
}

function timersOf(limits?: SecondaryTimerLimits, chance = 0): SecondaryTimers {
  return new SecondaryTimers(always(chance), limits);
}

const soa = soaWith("7200 900 1209600");

test("a new secondary asks at once, and with growing waits while nobody answers", () => {
  const timers = timersOf();
  assert.equal(timers.deadline, 0);
  assert.equal(timers.expiresAt, Number.POSITIVE_INFINITY);
  const waits: number[] = [];
  for (let now = 0, i = 0; i < 10; i++) {
    assert.ok(timers.begin(now));
    assert.equal(timers.deadline, Number.POSITIVE_INFINITY);
    assert.ok(!timers.begin(now), "one attempt at a time");
    timers.failed(now);
    waits.push(timers.deadline - now);
    now = timers.deadline;
  }
  assert.deepEqual(waits, [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000, 600_000]);
});

test("refresh, retry and expire are those of the SOA (RFC 1034 §4.3.5)", () => {
  const timers = timersOf();
  timers.begin(0);
  timers.succeeded(1_000, soa);
  assert.equal(timers.dueAt, 7_201_000);
  assert.equal(timers.expiresAt, 1_209_601_000);
  assert.ok(!timers.begin(7_200_999));
  assert.ok(timers.begin(7_201_000));
  timers.failed(7_202_000);
  assert.equal(timers.dueAt, 8_102_000);
  assert.ok(!timers.expire(1_209_600_999));
  assert.ok(timers.expire(1_209_601_000));
  assert.ok(!timers.expire(1_209_601_000), "it is said once");
});

test("what the SOA says is bounded below and above", () => {
  const cases: readonly [
    timers: string,
    refreshMs: number,
    retryMs: number,
    expireMs: number,
    limits?: SecondaryTimerLimits,
  ][] = [
    ["0 0 0", 300_000, 60_000, 3_600_000],
    ["2147483647 2147483647 2147483647", 2_419_200_000, 1_209_600_000, 31_536_000_000],
    ["86400 7200 3600", 86_400_000, 7_200_000, 93_600_000],
    ["1 1 1", 1_000, 1_000, 2_000, { refreshSecondsMin: 1, retrySecondsMin: 1, expireSecondsMin: 0 }],
    [
      "99 99 9999",
      10_000,
      99_000,
      3_600_000,
      { refreshSecondsMax: 10, expireSecondsMax: 50, retrySecondsMin: undefined },
    ],
  ];
  for (const [text, refreshMs, retryMs, expireMs, limits] of cases) {
    const timers = timersOf(limits);
    timers.begin(0);
    timers.succeeded(0, soaWith(text));
    assert.equal(timers.dueAt, refreshMs, `refresh of ${text}`);
    if (limits?.expireSecondsMax === undefined) assert.equal(timers.expiresAt, expireMs, `expire of ${text}`);
    timers.begin(refreshMs);
    timers.failed(refreshMs);
    assert.equal(timers.dueAt! - refreshMs, retryMs, `retry of ${text}`);
  }
});

test("a tenth of each wait is left to chance", () => {
  const timers = timersOf({}, 1);
  timers.begin(0);
  timers.succeeded(0, soa);
  assert.equal(timers.dueAt, 6_480_000);
});

test("the primary's own expiry is the bound of ours (RFC 7314 §4)", () => {
  const timers = timersOf();
  timers.begin(0);
  timers.succeeded(0, soa, { expireSeconds: 600 });
  assert.equal(timers.expiresAt, 600_000);
  assert.equal(timers.deadline, 600_000, "it comes before the refresh");
  timers.begin(timers.dueAt!);
  timers.succeeded(1_000, soa, { expireSeconds: 9_000, isNews: false });
  assert.equal(timers.expiresAt, 9_001_000, "it has become longer");
  timers.succeeded(2_000, soa, { expireSeconds: 10, isNews: false });
  assert.equal(timers.expiresAt, 9_001_000, "another primary knows less than we");
  timers.succeeded(3_000, soa, { expireSeconds: 10 });
  assert.equal(timers.expiresAt, 13_000);
});

test("a notice asks at once; during an attempt it asks once more, however many come", () => {
  const timers = timersOf();
  timers.begin(0);
  timers.succeeded(0, soa);
  timers.notified(5_000);
  assert.equal(timers.deadline, 5_000);
  assert.ok(timers.begin(5_000));
  timers.notified(5_001);
  timers.notified(5_002);
  timers.succeeded(6_000, soa);
  assert.equal(timers.dueAt, 6_500, "forged notices would ask twice a second at most");
  assert.ok(timers.begin(6_500));
  timers.succeeded(7_000, soa);
  assert.equal(timers.dueAt, 7_207_000);
  timers.notified(7_100);
  assert.equal(timers.dueAt, 7_500);
});

test("who wants it now gets it now, and after an attempt once more", () => {
  const timers = timersOf();
  timers.begin(0);
  timers.notified(10);
  timers.wanted(11);
  timers.failed(20);
  assert.equal(timers.dueAt, 20);
  timers.begin(20);
  timers.succeeded(30, soa);
  timers.wanted(40);
  assert.equal(timers.dueAt, 40);
});

test("a copy from before a restart is as old as it is, and asked after at once", () => {
  const timers = timersOf();
  timers.restored(100, soa, 1_209_000_000);
  assert.equal(timers.expiresAt, 600_100);
  assert.ok(timers.begin(100));
  timers.failed(200);
  assert.equal(timers.deadline, 600_100);
  const old = timersOf();
  old.restored(100, soa, 9_999_000_000);
  assert.ok(old.expire(100), "too old to be served at all");
});
