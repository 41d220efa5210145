import assert from "node:assert/strict";
import { test } from "node:test";
import { ipAddress } from "@hawser/core";
import fc from "fast-check";
import { addressKey } from "./address-key.ts";
import { afterFailure, afterReservation, delayAfter, failuresAt } from "./policy.ts";
import type { ThrottleEntry } from "./store.ts";

const policy = { free: 3, delayMs: 1_000, delayMaxMs: 15_000, forgetMs: 60_000 };

test("delays double from nothing to a cap", () => {
  assert.deepEqual(
    Array.from({ length: 10 }, (_, failures) => delayAfter(failures, policy)),
    [0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000],
  );
});

test("the same wrong password counts once, another each time", () => {
  let entry: ThrottleEntry | undefined;
  for (let n = 0; n < 5; n++) entry = afterFailure(entry, 0, "same", policy);
  assert.equal(entry?.failures, 1);
  for (let n = 0; n < 5; n++) entry = afterFailure(entry, 0, `mark ${n}`, policy);
  assert.equal(entry?.failures, 6);
  assert.equal(afterFailure(entry, 0, undefined, policy).failures, 7);
});

test("failures are forgotten one by one", () => {
  const entry = afterFailure(afterFailure(undefined, 0, "a", policy), 0, "b", policy);
  assert.deepEqual(
    [0, 30_000, 60_000, 120_000, 1e9].map((at) => failuresAt(entry, at, policy)),
    [2, 1.5, 1, 0, 0],
  );
});

test("whatever happens, counts and delays stay within their bounds", () => {
  const step = fc.tuple(
    fc.constantFrom("fail", "reserve"),
    fc.integer({ min: 0, max: 100_000 }),
    fc.string({ maxLength: 1 }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      let [now, entry]: [number, ThrottleEntry | undefined] = [0, undefined];
      for (const [what, ms, mark] of steps) {
        now += ms;
        if (what === "fail") entry = afterFailure(entry, now, mark, policy);
        else {
          const { start, entry: reserved } = afterReservation(entry, now, policy);
          assert.ok(start >= now);
          if (start - now <= 20_000) entry = reserved;
        }
        assert.ok((entry?.failures ?? 0) <= 20 && (entry?.wrong.length ?? 0) <= 4);
        assert.ok((entry?.next ?? 0) <= now + 20_000 + 15_000);
      }
    }),
  );
});

test("an IPv4 address stands for itself, an IPv6 address for its /64", () => {
  const keys: Readonly<Record<string, string>> = {
    "192.0.2.1": "192.0.2.1",
    "::ffff:192.0.2.1": "192.0.2.1",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
    "2001:db8:1:2::9%eth0": "2001:db8:1:2::/64",
  };
  for (const [host, key] of Object.entries(keys))
    assert.equal(addressKey({ ...ipAddress(host, 1), family: host.includes(":") ? "ipv6" : "ipv4" }), key);
  for (const peer of [undefined, { family: "unix", path: "/x" } as const, { family: "opaque", name: "pipe" } as const])
    assert.equal(addressKey(peer), undefined);
});
