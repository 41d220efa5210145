import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, ipAddress } from "@hawser/core";
import { AccountTable } from "./account-table.ts";
import { DnsClientLimiter } from "./client-limiter.ts";
import { networkKey, peerOctets } from "./peer-network.ts";
import { DnsRateLimiter, type DnsRateLimitOptions, type DnsResponseKind } from "./response-limiter.ts";

const peer = ipAddress("192.0.2.7", 5_353);

/** How many of equal answers pass, slip, and are dropped, asked for evenly over so many seconds. */
function flood(
  limiter: DnsRateLimiter,
  {
    count,
    seconds,
    from = 0,
    kind = "response",
    who = peer,
    key = "",
  }: {
    count: number;
    seconds: number;
    from?: number;
    kind?: DnsResponseKind;
    who?: Address;
    key?: string;
  },
): Record<string, number> {
  const verdicts: Record<string, number> = { pass: 0, slip: 0, drop: 0 };
  for (let i = 0; i < count; i++) verdicts[limiter.judge(who, kind, key, (from + (seconds * i) / count) * 1_000)]!++;
  return verdicts;
}

const limits = (options: Partial<DnsRateLimitOptions> = {}) =>
  new DnsRateLimiter({ responsesPerSecond: 10, ...options });

test("what stays below the rate passes for ever", () => {
  assert.deepEqual(flood(limits(), { count: 1_000, seconds: 100 }), { pass: 1_000, slip: 0, drop: 0 });
});

test("a flood gets one second's worth, then half of it slips", () => {
  const { pass, slip, drop } = flood(limits(), { count: 10_000, seconds: 10 });
  assert.equal(pass, 10);
  assert.equal(slip! + drop!, 9_990);
  assert.ok(Math.abs(slip! - drop!) <= 1);
});

test("slip says how many go out cut: none, all, one of three", () => {
  for (const [slip, share] of [
    [0, 0],
    [1, 990],
    [3, 330],
  ] as const)
    assert.equal(flood(limits({ slip }), { count: 1_000, seconds: 1 })["slip"], share);
});

test("after a flood a network is limited for as long as the window, and no longer", () => {
  const limiter = limits({ windowSeconds: 5 });
  flood(limiter, { count: 100_000, seconds: 10 });
  assert.equal(flood(limiter, { count: 1, seconds: 1, from: 14 })["pass"], 0);
  assert.equal(flood(limiter, { count: 1, seconds: 1, from: 15.3 })["pass"], 1);
});

test("neighbours share a network, others do not suffer", () => {
  const limiter = limits();
  flood(limiter, { count: 1_000, seconds: 1 });
  const after = (host: string): number =>
    flood(limiter, { count: 1, seconds: 1, from: 1, who: ipAddress(host, 1) })["pass"]!;
  assert.equal(after("192.0.2.99"), 0);
  assert.equal(after("::ffff:192.0.2.99"), 0);
  assert.equal(after("192.0.3.7"), 1);
  const v6 = limits();
  flood(v6, { count: 1_000, seconds: 1, who: ipAddress("2001:db8:0:100::1", 1) });
  assert.equal(flood(v6, { count: 1, seconds: 1, who: ipAddress("2001:db8:0:1ff::2", 1) })["pass"], 0);
  assert.equal(flood(v6, { count: 1, seconds: 1, who: ipAddress("2001:db8:0:200::2", 1) })["pass"], 1);
});

test("answers that differ are counted apart, by rates of their own, and all of them together", () => {
  const limiter = limits({ errorsPerSecond: 2, nxdomainsPerSecond: 3, allPerSecond: 100 });
  const passed = (kind: DnsResponseKind, key: string) => flood(limiter, { count: 50, seconds: 0, kind, key })["pass"];
  assert.deepEqual([passed("response", "a"), passed("response", "b"), passed("error", "")], [10, 10, 0]);
  const apart = limits({ errorsPerSecond: 2, nxdomainsPerSecond: 3 });
  const one = (kind: DnsResponseKind, key: string) => flood(apart, { count: 50, seconds: 0, kind, key })["pass"];
  assert.deepEqual(
    [one("response", "a"), one("response", "b"), one("error", ""), one("nxdomain", "z")],
    [10, 10, 2, 3],
  );
  assert.deepEqual([one("nodata", "z"), one("referral", "z")], [10, 10]);
});

test("networks may be exempt", () => {
  const limiter = limits({ exempt: ["192.0.2.0/28", "2001:db8::/32"] });
  assert.equal(flood(limiter, { count: 1_000, seconds: 1 })["pass"], 1_000);
  assert.equal(flood(limiter, { count: 100, seconds: 1, who: ipAddress("192.0.2.16", 1) })["pass"], 10);
});

test("no number of networks makes the table larger than it may be", () => {
  const limiter = limits({ accountsMax: 1_000 });
  for (let i = 0; i < 100_000; i++)
    limiter.judge(ipAddress(`10.${i >> 16}.${(i >> 8) & 255}.1`, 1), "response", `${i}`, i);
  assert.ok(limiter.accountCount <= 1_000);
});

test("an account that is asked for again and again outlives those that are not", () => {
  const table = new AccountTable<{ readonly name: string }>(100);
  const mine = table.find("mine", () => ({ name: "mine" }));
  for (let i = 0; i < 10_000; i++) {
    table.find(`other${i}`, () => ({ name: "other" }));
    if (i % 40 === 0)
      assert.equal(
        table.find("mine", () => ({ name: "new" })),
        mine,
      );
  }
  assert.ok(table.size <= 100);
});

test("what cannot be is refused", () => {
  const nonsense: Partial<DnsRateLimitOptions>[] = [
    { responsesPerSecond: 0 },
    { allPerSecond: -1 },
    { windowSeconds: 0 },
    { windowSeconds: 3_601 },
    { ipv4PrefixBits: 33 },
    { ipv6PrefixBits: Number.NaN },
    { exempt: ["everybody"] },
  ];
  for (const options of nonsense) assert.throws(() => limits(options), RangeError);
  assert.throws(() => new DnsClientLimiter({ questionsPerSecond: 0 }), RangeError);
});

test("networks are the first bits of addresses", () => {
  const key = (host: string, bits: number) =>
    networkKey(peerOctets(ipAddress(host, 1)), { ipv4PrefixBits: bits, ipv6PrefixBits: bits });
  assert.equal(key("255.255.255.255", 20), "\xff\xff\xf0\0");
  assert.equal(key("255.255.255.255", 32), "\xff\xff\xff\xff");
  assert.equal(key("255.255.255.255", 0), "\0\0\0\0");
  assert.equal(key("ffff::1", 3), `\xe0${"\0".repeat(15)}`);
  assert.equal(peerOctets({ family: "unix", path: "" }).length, 0);
});

test("a client has so many questions a second, and a burst; who may be forged has an account of its own", () => {
  const limiter = new DnsClientLimiter({ questionsPerSecond: 10, burstQuestions: 30, exempt: ["127.0.0.0/8"] });
  const allowed = (isProven: boolean, now: number, who: Address = peer): number =>
    Array.from({ length: 100 }, () => limiter.allows(who, isProven, now)).filter(Boolean).length;
  assert.equal(allowed(false, 0), 30);
  assert.equal(allowed(true, 0), 30);
  assert.equal(allowed(true, 1_000), 10);
  assert.equal(allowed(true, 100_000), 30);
  assert.equal(allowed(true, 0, ipAddress("192.0.2.8", 1)), 30);
  assert.equal(allowed(true, 0, ipAddress("127.0.0.1", 1)), 100);
});
