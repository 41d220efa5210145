import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import { anonymousUsers } from "../checkers/anonymous.ts";
import { from, password } from "../testing/login.test-kit.ts";
import { CheckerError } from "./checker-error.ts";
import { checkerHelp, parseChecker, registerChecker } from "./parse-checker.ts";

const here = from("192.0.2.1");

test("each kind of user database is chosen by a text", () =>
  simulate(
    { files: { "etc/cred": "alice;secret\n", "etc/ht:passwd": "bob:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n" } },
    async ({ reactor }) => {
      const accepts = async (text: string, user: string, secret: string) =>
        (await parseChecker(text, { reactor }).check(password(user, secret), here)).type;
      assert.equal(await accepts("memory:alice:secret:bob:hid\\:den", "bob", "hid:den"), "accepted");
      assert.equal(await accepts("twisted:/etc/cred:delimiter=;:case=no", "ALICE", "secret"), "accepted");
      assert.equal(await accepts("htpasswd:/etc/ht\\:passwd", "bob", "test"), "accepted");
      assert.deepEqual(parseChecker("anonymous").kinds, ["anonymous"]);
      assert.deepEqual(parseChecker("keys:/etc/keys/%u", { reactor }).kinds, ["public-key"]);
      assert.deepEqual(parseChecker("keys:keys:user=alice", { reactor }).kinds, ["public-key"]);
      assert.deepEqual(parseChecker("jwt:login.example.org/realm:audience=web", { reactor }).kinds, ["bearer"]);
      assert.deepEqual(parseChecker("ldap:ldap://host:1389:base=dc=example,dc=org", { reactor }).kinds, ["password"]);
      assert.ok(parseChecker("file:users", { reactor }).kinds.includes("proven"));
    },
  ));

test("an error points at the wrong part", () => {
  const faults: Readonly<Record<string, readonly [code: string, part: string]>> = {
    "fil:users": ["unknown-kind", "fil"],
    "": ["unknown-kind", ""],
    "=x": ["unknown-kind", "=x"],
    "file:": ["missing-value", ""],
    file: ["missing-value", ""],
    "file:a:b": ["too-many-values", "b"],
    "file:a:speed=1": ["unknown-parameter", "speed=1"],
    "anonymous:x": ["too-many-values", "x"],
    "memory:alice": ["missing-value", "alice"],
    "memory:": ["missing-value", ""],
    "twisted:x:case=maybe": ["bad-value", "case=maybe"],
    "twisted:x:user-field=-1": ["bad-value", "user-field=-1"],
    "twisted:x:case=no:case=no": ["unknown-parameter", "case=no"],
    "keys:x": ["missing-value", ""],
    "ldap:host": ["bad-value", "host"],
    "ldap:host:base=x:tls=maybe": ["bad-value", "tls=maybe"],
    "jwt:x": ["missing-value", ""],
    "file:a\\": ["bad-syntax", "\\"],
  };
  for (const [text, [code, part]] of Object.entries(faults))
    assert.throws(
      () => parseChecker(text),
      (error: unknown) => {
        assert.ok(error instanceof CheckerError, text);
        assert.equal(error.code, code, text);
        assert.equal(text.slice(error.offset, error.offset + error.length), part, text);
        assert.match(error.message, /\n {2}.*\n {2} *\^+$/);
        return true;
      },
    );
});

test("an error shows no password", () => {
  assert.throws(
    () => parseChecker("memory:alice:sec\\:ret:bob"),
    (error: Error) => {
      assert.match(error.message, /memory:alice:\*{8}:bob\n {24}\^\^\^$/);
      return !error.message.includes("ret");
    },
  );
});

test("a package may add a kind, and help lists all of them", () => {
  const kind = { name: "nobody", argument: "", summary: "for this test", make: () => anonymousUsers() };
  registerChecker(kind);
  assert.deepEqual(parseChecker("nobody").kinds, ["anonymous"]);
  assert.throws(() => registerChecker(kind), TypeError);
  assert.throws(() => registerChecker({ ...kind, name: "no:body" }), TypeError);
  const help = checkerHelp();
  for (const name of [
    "anonymous\n",
    "file:PATH\n",
    "htpasswd:",
    "jwt:",
    "keys:",
    "ldap:",
    "memory:",
    "nobody",
    "twisted:",
  ])
    assert.ok(help.includes(name), name);
});
