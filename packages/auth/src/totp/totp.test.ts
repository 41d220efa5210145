import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@hawser/core/simulation";
import { ManualClock, seeds } from "@hawser/core/testing";
import { base32, parseBase32 } from "./base32.ts";
import { CodeBook } from "./code-book.ts";
import { makeTotpSecret, parseTotpSecret, totpCode, totpStep, totpUri } from "./totp.ts";

test("codes are those of RFC 6238 §B", () => {
  const secrets = {
    sha1: Buffer.from("12345678901234567890"),
    sha256: Buffer.from("12345678901234567890123456789012"),
    sha512: Buffer.from("1234567890".repeat(7).slice(0, 64)),
  };
  const table: readonly (readonly [number, string, string, string])[] = [
    [59, "94287082", "46119246", "90693936"],
    [1111111109, "07081804", "68084774", "25091201"],
    [1111111111, "14050471", "67062674", "99943326"],
    [1234567890, "89005924", "91819424", "93441116"],
    [2000000000, "69279037", "90698825", "38618901"],
    [20000000000, "65353130", "77737706", "47863826"],
  ];
  for (const [seconds, ...codes] of table) {
    const algorithms = ["sha1", "sha256", "sha512"] as const;
    const ours = algorithms.map((algorithm) =>
      totpCode(secrets[algorithm], totpStep(seconds * 1000), { algorithm, digits: 8 }),
    );
    assert.deepEqual(ours, codes);
  }
});

test("base32 is that of RFC 4648 §10, and read as people write it", () => {
  const pairs = { "": "", f: "MY", fo: "MZXQ", foo: "MZXW6", foob: "MZXW6YQ", fooba: "MZXW6YTB", foobar: "MZXW6YTBOI" };
  for (const [text, spelled] of Object.entries(pairs)) {
    assert.equal(base32(Buffer.from(text)), spelled);
    if (text !== "") assert.equal(Buffer.from(parseBase32(spelled)!).toString(), text);
  }
  assert.equal(Buffer.from(parseBase32("mzxw 6ytb-oi======")!).toString(), "foobar");
  for (const text of ["", "1", "MZXW6?", "ä"]) assert.equal(parseBase32(text), undefined);
  for (const seed of seeds()) {
    const octets = new SeededRandom(String(seed)).bytes(33);
    assert.deepEqual(parseBase32(base32(octets)), Uint8Array.from(octets));
  }
});

test("secrets that are too short to be safe are none", () => {
  assert.equal(parseTotpSecret("MZXW6"), undefined);
  assert.equal(parseTotpSecret(makeTotpSecret(new SeededRandom("1")))!.length, 20);
  assert.equal(totpUri("a b", "ABC", "My site"), "otpauth://totp/My%20site:a%20b?secret=ABC&issuer=My%20site");
});

test("a code is good for a step either way, and once", () => {
  const clock = new ManualClock(1_000_000_000_000);
  const [book, secret] = [new CodeBook(clock), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"];
  const now = totpStep(clock.wall());
  const codeAt = (step: number) => totpCode(parseTotpSecret(secret)!, step);
  assert.equal(book.stepOf("alice", secret, codeAt(now - 1)), now - 1);
  assert.equal(book.stepOf("alice", secret, codeAt(now + 1)), now + 1);
  for (const wrong of [codeAt(now - 2), codeAt(now + 2), "", "12345", "1234567", "abcdef"])
    assert.equal(book.stepOf("alice", secret, wrong), undefined);
  assert.equal(book.use("alice", now), true);
  assert.equal(book.use("alice", now), false, "two logins at once with one code");
  assert.equal(book.stepOf("alice", secret, codeAt(now)), undefined, "used");
  assert.equal(book.stepOf("alice", secret, codeAt(now - 1)), undefined, "older than the one used");
  assert.equal(book.stepOf("bob", secret, codeAt(now)), now, "used by somebody else");
  clock.advance(30_000);
  assert.equal(book.stepOf("alice", secret, codeAt(now + 1)), now + 1);
});
