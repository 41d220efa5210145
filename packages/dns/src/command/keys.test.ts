import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@hawser/core";
import { tsigKeysIn } from "./keys.ts";

const secret = "c2VjcmV0IHNlY3JldCBzZWNyZXQ=";
const brief = (text: string) =>
  tsigKeysIn(text).map(
    ({ name, algorithm, secret: octets }) => `${name} ${algorithm.hash} ${Buffer.from(octets).toString("base64")}`,
  );

test("TSIG keys are read as tsig-keygen and named.conf write them, and as lines", () => {
  const statement = (name: string) => `key ${name} {\n\talgorithm hmac-sha512;\n\tsecret "${secret}";\n};\n`;
  assert.deepEqual(brief(`# ours\n${statement('"a.example"')}/* and\ntheirs */\n${statement("b.example")}`), [
    `a.example. sha512 ${secret}`,
    `b.example. sha512 ${secret}`,
  ]);
  assert.deepEqual(brief(`// lines\nhmac-sha256:a.example:${secret}\n\nb.example:${secret} # the second\n`), [
    `a.example. sha256 ${secret}`,
    `b.example. sha256 ${secret}`,
  ]);
  assert.deepEqual(brief(""), []);
});

test("faults of TSIG keys do not tell secrets", () => {
  for (const text of [
    `key "a" { algorithm nope; secret "${secret}"; };`,
    `nope:a:${secret}`,
    `a:${secret}!`,
    `key a { };`,
  ])
    assert.throws(
      () => tsigKeysIn(text),
      (error) => error instanceof UsageError && !error.message.includes("c2Vj"),
      text,
    );
});
