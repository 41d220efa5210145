import assert from "node:assert/strict";
import { test } from "node:test";
import { recordLimits, redactedRecord, withoutSecrets } from "./redact.ts";

test("values under secret names are censored at any depth, whatever they are called exactly", () => {
  const record = {
    user: "alice",
    password: "s3cret",
    options: [{ tlsPassphrase: "x", headers: { Authorization: "Basic eDp5", "Set-Cookie": ["a=b"], host: "h" } }],
    API_KEY: 5,
    hasToken: true,
  };
  assert.deepEqual(redactedRecord(record), {
    user: "alice",
    password: "[redacted]",
    options: [
      { tlsPassphrase: "[redacted]", headers: { Authorization: "[redacted]", "Set-Cookie": "[redacted]", host: "h" } },
    ],
    API_KEY: "[redacted]",
    hasToken: true,
  });
});

const texts: readonly (readonly [text: string, logged: string])[] = [
  ["get https://bob:pa%40ss@host/x?y=1", "get https://[redacted]@host/x?y=1"],
  ["mail bob@example.org at http://host/a@b", "mail bob@example.org at http://host/a@b"],
  ["Authorization: Basic eDp5\r\nHost: h", "Authorization: [redacted]\r\nHost: h"],
  ["proxy-authorization=Bearer abc def", "proxy-authorization=[redacted]"],
  ["Cookie: a=b; c=d", "Cookie: [redacted]"],
  ["?user=a&password=b&x=1", "?user=a&password=[redacted]&x=1"],
  ['{"accessToken":"a b","n":1}', '{"accessToken":[redacted],"n":1}'],
  ["passphrase='open sesame' next", "passphrase=[redacted] next"],
  ["the password is wrong", "the password is wrong"],
];

for (const [text, logged] of texts) {
  test(`a text: ${JSON.stringify(text)}`, () => assert.equal(withoutSecrets(text), logged));
}

test("what was censored once is left as it is", () => {
  for (const [text] of texts) assert.equal(withoutSecrets(withoutSecrets(text)), withoutSecrets(text));
});

test("errors become plain objects with their causes, and circles and depths end", () => {
  const circle: Record<string, unknown> = { name: "round" };
  circle["self"] = circle;
  const error = new Error("no https://u:p@h/", { cause: new TypeError("token=abc") });
  const { err, circle: cut } = redactedRecord({ err: error, circle }) as Record<string, Record<string, unknown>>;
  assert.equal(err!["message"], "no https://[redacted]@h/");
  assert.equal((err!["cause"] as Record<string, unknown>)["message"], "token=[redacted]");
  assert.match(JSON.stringify(cut), /^\{"name":"round","self":.*"…"\}+$/);
});

test("long texts and many members are cut, in time that grows with their length alone", () => {
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`n${index}`, index]));
  assert.equal(Object.keys(redactedRecord(many)).length, recordLimits.members);
  for (const piece of ["token ", "a", "https://", '"\\', "password=", "@"]) {
    const before = process.cpuUsage();
    const logged = withoutSecrets(piece.repeat(1_000_000));
    assert.ok(logged.length < 2 * recordLimits.textLength);
    assert.ok(process.cpuUsage(before).user < 500_000, `${piece} took ${process.cpuUsage(before).user} µs`);
  }
});
