import assert from "node:assert/strict";
import { test } from "node:test";
import { Semaphore } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { memoryUsers } from "../checkers/memory.ts";
import type { Checker, LoginContext } from "../credentials.ts";
import type { LoginError } from "../errors.ts";
import { portal } from "../login/make-portal.ts";
import { type Portal, userAvatar } from "../portal.ts";
import { from, password } from "../testing/login.test-kit.ts";
import { memoryThrottleStore } from "./store.ts";
import { type LoginThrottleOptions, loginThrottle } from "./throttle.ts";

/** A portal whose checker takes as long as two threads need that hash for 100 ms each. */
function door({ reactor }: World, options: LoginThrottleOptions = {}): Portal & { readonly checked: () => number } {
  const users = memoryUsers({ alice: "secret", bob: "hidden" }, { reactor });
  const threads = new Semaphore(2);
  let checked = 0;
  const slow: Checker = {
    kinds: users.kinds,
    secrets: users.secrets,
    secret: (...asked) => users.secret!(...asked),
    check: (credentials, context) =>
      threads.run(async () => {
        checked++;
        await reactor.clock.sleep(100);
        return users.check(credentials.kind === "proven" ? { ...credentials, source: users } : credentials, context);
      }),
  };
  const made = portal({ reactor, checkers: [slow], throttle: loginThrottle({ reactor, ...options }) });
  return Object.assign(made, { checked: () => checked });
}

async function outcome(made: Portal, user: string, text: string, context: LoginContext): Promise<string> {
  return made.login(password(user, text), userAvatar, context).then(
    () => "in",
    (error: LoginError) => error.code,
  );
}

test("the first failures cost nothing, the next double the wait", () =>
  simulate({}, async (world) => {
    const [made, { clock }] = [door(world), world.reactor];
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      const began = clock.now();
      assert.equal(await outcome(made, "alice", `guess ${attempt}`, from("192.0.2.1")), "bad-credentials");
      waits.push(Math.round((clock.now() - began - 100) / 100) / 10);
    }
    assert.deepEqual(waits, [0, 0, 0, 0, 1, 2, 4, 8, 15]);
    const began = clock.now();
    assert.equal(await outcome(made, "alice", "secret", from("192.0.2.1")), "in");
    assert.ok(clock.now() - began <= 15_200);
    assert.equal(await outcome(made, "alice", "secret", from("192.0.2.1")), "in");
    assert.ok(clock.now() - began <= 15_400, "a password that was right a moment ago does not wait");
  }));

test("an hour later everything is forgotten", () =>
  simulate({ timeLimitMs: 1e7 }, async (world) => {
    const [made, { clock }] = [door(world), world.reactor];
    for (let attempt = 0; attempt < 8; attempt++) await outcome(made, "alice", `${attempt}`, from("192.0.2.1"));
    await clock.sleep(3_600_000);
    const began = clock.now();
    await outcome(made, "alice", "other", from("192.0.2.1"));
    assert.equal(clock.now() - began, 100);
  }));

test("a program that repeats an old password is not slowed down more and more", () =>
  simulate({}, async (world) => {
    const [made, { clock }] = [door(world), world.reactor];
    for (let attempt = 0; attempt < 50; attempt++)
      assert.equal(await outcome(made, "alice", "last year's", from("192.0.2.1")), "bad-credentials");
    assert.equal(clock.now(), 5_000);
  }));

test("neighbours in one /64 are one attacker, trusted networks are none", () =>
  simulate({}, async (world) => {
    const made = door(world, { trusted: ["10.0.0.0/8"] });
    const { clock } = world.reactor;
    for (let attempt = 0; attempt < 6; attempt++)
      await outcome(made, `user ${attempt}`, "guess", from(`2001:db8::${attempt}`));
    assert.ok(clock.now() > 3_000);
    const began = clock.now();
    await outcome(made, "bob", "guess", from("2001:db8:0:1::1"));
    assert.equal(clock.now() - began, 100);
    for (let attempt = 0; attempt < 30; attempt++) await outcome(made, "alice", `${attempt}`, from("10.1.2.3"));
    assert.equal(clock.now() - began, 3_100);
  }));

test("a peer without an address is counted by its account", () =>
  simulate({}, async (world) => {
    const made = door(world, { accountFree: 2 });
    for (let attempt = 0; attempt < 5; attempt++)
      await outcome(made, "alice", `${attempt}`, { protocol: "test", peer: undefined });
    assert.ok(world.reactor.clock.now() > 3_000);
  }));

test("proofs that are begun side by side count, right ones are taken back", () =>
  simulate({}, async (world) => {
    const [made, { clock }] = [door(world), world.reactor];
    const guess = async (host: string, isRight: boolean): Promise<string> => {
      const context = from(host);
      const found = await made
        .secret("alice", { kind: "scram", hash: "sha256" }, context)
        .catch((error: LoginError) => error);
      if (found instanceof Error) return found.code;
      if (!isRight) return made.reject("alice", context).then(() => "rejected");
      const proof = { kind: "proven", user: "alice", mechanism: "SCRAM-SHA-256", source: found!.source } as const;
      return made.login(proof, userAvatar, context).then(
        () => "in",
        (error: LoginError) => error.code,
      );
    };
    const guesses = await Promise.all(Array.from({ length: 200 }, () => guess("192.0.2.1", false)));
    assert.ok(guesses.filter((one) => one === "rejected").length < 15, "few of two hundred at once were heard");
    assert.ok(guesses.every((one) => one === "rejected" || one === "throttled"));
    const began = clock.now();
    for (let login = 0; login < 100; login++) assert.equal(await guess("192.0.2.7", true), "in");
    assert.ok(clock.now() - began < 15_000, "who proves it right does not wait");
    await made.reject("alice", from("192.0.2.8"));
  }));

test("a database that is down counts for nothing", () =>
  simulate({}, async (world) => {
    const { reactor } = world;
    const broken: Checker = { kinds: ["password"], check: () => Promise.reject(new Error("down")) };
    const made = portal({ reactor, checkers: [broken] });
    for (let attempt = 0; attempt < 20; attempt++)
      assert.equal(await outcome(made, "alice", `${attempt}`, from("192.0.2.1")), "temporary");
    assert.equal(reactor.clock.now(), 0);
  }));

test("who gives up leaves no place taken", () =>
  simulate({}, async (world) => {
    const [made, { clock }] = [door(world, { parallelMax: 1 }), world.reactor];
    const controller = new AbortController();
    clock.after(50, () => controller.abort(new Error("gone")));
    const context = from("192.0.2.1", { signal: controller.signal });
    const attempts = Array.from({ length: 20 }, () => outcome(made, "alice", "guess", context));
    await Promise.all(attempts);
    assert.equal(await outcome(made, "alice", "secret", from("192.0.2.1")), "in");
    assert.ok(clock.now() <= 400);
  }));

test("an attack from ever new addresses does not grow the store", async () => {
  const store = memoryThrottleStore({ now: () => 0 } as never, { entriesMax: 10 });
  const entry = { failures: 1, at: 0, next: 0, wrong: [] };
  for (let key = 0; key < 100; key++) await store.update(`${key}`, () => ({ entry, result: undefined }));
  let known = 0;
  for (let key = 0; key < 100; key++)
    known += await store.update(`${key}`, (found) => ({ result: found === undefined ? 0 : 1 }));
  assert.equal(known, 10);
});

for (const seed of seeds({ count: 1, soakCount: 50 }))
  test(`of ten thousand wrong logins from fifty addresses few are heard, and the right user gets in (seed ${seed})`, () =>
    simulate({ seed }, async (world) => {
      const [made, { clock }] = [door(world), world.reactor];
      const attack = Array.from({ length: 10_000 }, async (_, at) => {
        await clock.sleep(world.random.number() * 2_000);
        return outcome(made, at % 3 === 0 ? `user ${at}` : "alice", `guess ${at}`, from(`198.51.100.${at % 50}`));
      });
      const comeAt = async (ms: number, host: string): Promise<number> => {
        await clock.sleep(ms);
        const began = clock.now();
        assert.equal(await outcome(made, "alice", "secret", from(host)), "in");
        return clock.now() - began;
      };
      const users = Promise.all([
        comeAt(1_000, "203.0.113.1"),
        comeAt(5_000, "203.0.113.2"),
        comeAt(15_000, "203.0.113.1"),
      ]);
      const outcomes = await Promise.all(attack);
      const [early, late, again] = await users;
      assert.ok(early < 15_000 && late < 15_000, `in after ${early} and ${late} ms`);
      assert.ok(again <= 6_000, `from a known address after ${again} ms`); // only behind what is being hashed
      assert.ok(outcomes.every((one) => one === "bad-credentials" || one === "throttled"));
      const heard = outcomes.filter((one) => one === "bad-credentials").length;
      assert.ok(heard <= 50 * 12, `${heard} were heard`);
      assert.ok(made.checked() <= heard + 3);
    }));
