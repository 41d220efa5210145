import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { simulate } from "@hawser/core/simulation";
import { anonymousUsers } from "../checkers/anonymous.ts";
import { memoryUsers } from "../checkers/memory.ts";
import type { Checker, Credentials, PublicKeyCredentials } from "../credentials.ts";
import { avatarType, type Portal, userAvatar } from "../portal.ts";
import { from, password, told } from "../testing/login.test-kit.ts";
import { parseTotpSecret, totpCode, totpStep } from "../totp/totp.ts";
import type { LoginEvent } from "./login-events.ts";
import { loginWith, portal } from "./make-portal.ts";
import { realm } from "./realms.ts";

const here = from("192.0.2.1");

function open(...checkers: readonly Checker[]): Portal {
  return portal({ checkers, throttle: false });
}

test("somebody who is known gets the avatar that was asked for, and leaves once", async () => {
  interface Mailbox {
    readonly owner: string;
  }
  const [mailboxes, shells] = [avatarType<Mailbox>("mailbox"), avatarType<() => void>("shell")];
  const left: string[] = [];
  const door = loginWith(
    realm(mailboxes, (user) => (user.name === "alice" ? { owner: user.name } : undefined), {
      logout: async ({ owner }) => void left.push(owner),
    }),
    memoryUsers({ alice: "secret", bob: "hidden" }),
  );
  const login = await door.login(password("alice", "secret"), mailboxes, here);
  assert.deepEqual([login.user.name, login.avatar.owner], ["alice", "alice"]);
  await Promise.all([login.logout(), login.logout(), login[Symbol.asyncDispose]()]);
  assert.deepEqual(left, ["alice"]);
  await assert.rejects(door.login(password("bob", "hidden"), mailboxes, here), { code: "no-avatar" });
  await assert.rejects(door.login(password("alice", "secret"), shells, here), { code: "no-avatar" });
  assert.equal((await door.login(password("bob", "hidden"), userAvatar, here)).avatar.name, "bob");
});

test("an avatar that can be disposed of is, when its user leaves", async () => {
  const gone: string[] = [];
  const type = avatarType<AsyncDisposable>("thing");
  const thing = { [Symbol.asyncDispose]: async () => void gone.push("gone") };
  const door = portal({ checkers: [memoryUsers({ a: "b" })], realms: [realm(type, () => thing)], throttle: false });
  await (await door.login(password("a", "b"), type, here)).logout();
  assert.deepEqual(gone, ["gone"]);
});

test("checkers are asked in a row, each only for what it judges, until one knows the user", async () => {
  const first = told(() => "unknown");
  const anonymous = told(() => "accepted", { kinds: ["anonymous"] });
  const second = told(({ kind }) => (kind === "password" ? "rejected" : "unknown"));
  const third = told(() => "accepted");
  const door = open(first, anonymous, second, third);
  assert.deepEqual([...door.kinds], ["password", "anonymous"]);
  await assert.rejects(door.login(password("alice", "x"), userAvatar, here), { code: "bad-credentials" });
  assert.deepEqual(
    [first, anonymous, second, third].map(({ asked }) => asked),
    [1, 0, 1, 0],
  );
  assert.deepEqual(
    [first, second, third].map(({ stalled }) => stalled),
    [0, 0, 1],
    "equal time, whoever knows the user",
  );
  await assert.rejects(door.login({ kind: "bearer", token: "", user: undefined }, userAvatar, here), {
    code: "unsupported",
  });
});

test("unknown users and wrong passwords are told in the same words", async () => {
  const door = portal({ checkers: [memoryUsers({ alice: "secret" })], throttle: false });
  const texts = await Promise.all(
    [password("alice", "wrong"), password("eve", "wrong"), password("a\0b", "wrong"), password("alice", "")].map(
      (credentials) => door.login(credentials, userAvatar, here).catch((error: Error) => error.message),
    ),
  );
  assert.equal(new Set(texts).size, 1);
});

test("a database that is down is no wrong password, and no other is asked in its place", async () => {
  const broken = told(() => Promise.reject(new Error("connection refused")));
  const other = told(() => "accepted");
  await assert.rejects(open(broken, other).login(password("alice", "x"), userAvatar, here), (error: Error) => {
    assert.equal((error as { code?: string }).code, "temporary");
    assert.equal((error.cause as Error).message, "connection refused");
    return true;
  });
  assert.equal(other.asked, 0);
});

test("a checker that hangs is given up after a while", () =>
  simulate({}, async (world) => {
    const hanging = told(() => new Promise(() => {}));
    const door = portal({ reactor: world.reactor, checkers: [hanging], checkTimeoutMs: 5_000 });
    await assert.rejects(door.login(password("alice", "x"), userAvatar, here), { code: "temporary" });
    assert.equal(world.reactor.clock.now(), 5_000);
    const controller = new AbortController();
    const reason = new Error("the peer has gone");
    world.reactor.clock.after(1_000, () => controller.abort(reason));
    const { signal } = controller;
    await assert.rejects(door.login(password("bob", "x"), userAvatar, from("192.0.2.2", { signal })), reason);
  }));

test("a login that comes too late lets go of its avatar", async () => {
  const controller = new AbortController();
  const type = avatarType<string>("slow");
  let left = 0;
  const find = async (): Promise<string> => {
    controller.abort(new Error("gone"));
    return "avatar";
  };
  const slow = realm(type, find, { logout: () => void left++ });
  const door = portal({ checkers: [memoryUsers({ a: "b" })], realms: [slow], throttle: false });
  const context = from("192.0.2.1", { signal: controller.signal });
  await assert.rejects(door.login(password("a", "b"), type, context), /gone/);
  assert.equal(left, 1);
});

const totp = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

function code(user: string, steps = 0): Credentials {
  const step = totpStep(nodeReactor.clock.wall()) + steps;
  return { kind: "code", user, code: totpCode(parseTotpSecret(totp)!, step) };
}

test("a second step follows the first, for the same user, and neither will do alone", async () => {
  const door = open(memoryUsers({ alice: { password: "secret", totp }, bob: "hidden" }));
  await assert.rejects(door.login(password("alice", "secret"), userAvatar, here), { code: "incomplete" });
  await assert.rejects(door.login(code("alice"), userAvatar, here), { code: "unsupported" });
  const attempt = door.attempt(userAvatar, here);
  await assert.rejects(attempt.present(code("alice")), { code: "unsupported" });
  const step = await attempt.present(password("alice", "secret"));
  assert.deepEqual([step.type, step.type === "partial" && step.next], ["partial", ["code"]]);
  await assert.rejects(attempt.present(password("alice", "secret")), { code: "bad-credentials" }, "not the next step");
  await assert.rejects(attempt.present({ kind: "code", user: "alice", code: "000000" }), { code: "bad-credentials" });
  assert.equal((await attempt.present(code("alice"))).type, "complete");
});

test("another user's name begins anew (RFC 4252 §5)", async () => {
  const door = open(memoryUsers({ alice: { password: "secret", totp }, bob: { password: "hidden", totp } }));
  const attempt = door.attempt(userAvatar, here);
  await attempt.present(password("alice", "secret"));
  await assert.rejects(attempt.present(code("bob")), { code: "unsupported" });
  await assert.rejects(attempt.present(code("alice")), { code: "unsupported" }, "what was right is forgotten");
});

test("after five wrong codes the password must be shown again", async () => {
  const attempt = open(memoryUsers({ alice: { password: "secret", totp } })).attempt(userAvatar, here);
  await attempt.present(password("alice", "secret"));
  for (let wrong = 0; wrong < 5; wrong++)
    await assert.rejects(attempt.present({ kind: "code", user: "alice", code: "000000" }), { code: "bad-credentials" });
  await assert.rejects(attempt.present(code("alice", 1)), { code: "unsupported" });
});

test("a key that is only asked about logs nobody in, and changes nothing (RFC 4252 §7)", async () => {
  const keys = told(() => "accepted", { kinds: ["public-key"] });
  const door = open(keys, memoryUsers({ alice: "secret" }));
  const key: PublicKeyCredentials = {
    kind: "public-key",
    user: "alice",
    algorithm: "ssh-ed25519",
    key: new Uint8Array(),
    proven: false,
  };
  await assert.rejects(door.login(key, userAvatar, here), { code: "incomplete" });
  const attempt = door.attempt(userAvatar, here);
  assert.deepEqual((await attempt.present(key)).type, "partial");
  assert.equal((await attempt.present(password("alice", "secret"))).type, "complete");
  assert.equal((await door.login({ ...key, proven: true }, userAvatar, here)).user.name, "alice");
});

test("a proof is judged by the checker whose secret was proved, and by no other", async () => {
  const [ours, other] = [memoryUsers({ alice: "secret" }), memoryUsers({ alice: "other" })];
  const door = open(anonymousUsers(), ours);
  assert.deepEqual([...door.secrets], ["plain", "scram", "digest"]);
  const found = await door.secret("alice", { kind: "plain" }, here);
  assert.deepEqual(found, { secret: { kind: "plain", password: "secret" }, source: ours });
  assert.equal(await door.secret("eve", { kind: "plain" }, here), undefined);
  assert.equal(await door.secret("a\0b", { kind: "plain" }, here), undefined);
  const proof = { kind: "proven", user: "alice", mechanism: "CRAM-MD5", source: ours } as const;
  assert.equal((await door.login(proof, userAvatar, here)).user.name, "alice");
  await assert.rejects(door.login({ ...proof, source: other }, userAvatar, here), { code: "unsupported" });
});

test("every login is told on a diagnostics channel, without its password", async () => {
  const events: LoginEvent[] = [];
  const take = (event: unknown): void => void events.push(event as LoginEvent);
  subscribe("hawser:login", take);
  try {
    const door = open(memoryUsers({ alice: "secret" }));
    await door.login(password("alice", "secret"), userAvatar, here);
    await door.login(password("alice", "wrong"), userAvatar, here).catch(() => {});
  } finally {
    unsubscribe("hawser:login", take);
  }
  const common = { protocol: "test", peer: "192.0.2.1:1024", kind: "password", user: "alice" };
  assert.deepEqual(events, [
    { ...common, outcome: "accepted" },
    { ...common, outcome: "bad-credentials" },
  ]);
});

test("a portal without a checker is a mistake, and closing one closes its checkers", async () => {
  assert.throws(() => loginWith(), TypeError);
  let closed = 0;
  await open({ kinds: [], check: async () => ({ type: "unknown" }), close: async () => void closed++ }).close();
  assert.equal(closed, 1);
});
