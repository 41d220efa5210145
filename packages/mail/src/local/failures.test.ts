import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryReactor } from "@hawser/core/memory";
import { MailFailures } from "./failures.ts";
import { mailLocalFailuresMax } from "./limits.ts";

const { random } = memoryReactor();

const globs: readonly (readonly [glob: string, text: string, fits: boolean])[] = [
  ["*", "", true],
  ["*", "anything\nat all", true],
  ["bob@example.org", "BOB@example.org", true],
  ["bob@example.org", "bob@example.org.evil", false],
  ["*@full.example", "bob@full.example", true],
  ["*@full.example", "bob@full.example.org", false],
  ["bounce+*@*.example", "bounce+1@a.example", true],
  ["a*b*c", "a-b-b-c", true],
  ["a*b*c", "a-c-b", false],
  ["a.c", "abc", false],
  [`${"*a".repeat(120)}*b`, "a".repeat(2_000), false],
];

for (const [glob, text, fits] of globs)
  test(`${JSON.stringify(text.slice(0, 32))} ${fits ? "is" : "is not"} like ${glob.slice(0, 32)}`, () => {
    const failures = new MailFailures(random);
    failures.add({ stage: "recipient", match: glob, reply: "451" });
    assert.equal(failures.decide("recipient", text) !== undefined, fits);
    assert.equal(failures.decide("sender", text), undefined);
  });

test("a failure happens as often as it was told, and the first that fits counts", () => {
  const failures = new MailFailures(random);
  failures.add({ stage: "sender", reply: "451", times: 2 });
  const end = failures.add({ stage: "sender", reply: "550" });
  const replies = [1, 2, 3].map(() => failures.decide("sender", "a@example.org")?.reply);
  assert.deepEqual(replies, ["451", "451", "550"]);
  end();
  assert.deepEqual(failures.all, []);
});

test("a share of 20 % is about that", () => {
  const failures = new MailFailures(random);
  failures.add({ stage: "message", drop: true, chance: 0.2 });
  const happened = Array.from({ length: 5_000 }, () => failures.decide("message", "")).filter(Boolean).length;
  assert.ok(happened > 700 && happened < 1_300, `${happened} of 5,000`);
});

test("there are no more rules than anybody has, and none that refuse nothing", () => {
  const failures = new MailFailures(random);
  assert.throws(() => failures.add({ stage: "sender", reply: "250 Ok" }), TypeError);
  assert.throws(() => failures.add({ stage: "sender", reply: "451 a\r\n250 b" }), TypeError);
  for (let i = 0; i < mailLocalFailuresMax; i++) failures.add({ stage: "sender", reply: "451" });
  assert.throws(() => failures.add({ stage: "sender", reply: "451" }), { code: "too-many" });
});
