import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { understandApplication } from "../config/describe-application.ts";
import { decryptTap, encryptTap, isEncrypted } from "./encrypt.ts";
import { readTapDocument } from "./read.ts";
import { formatTap } from "./tap.ts";

const { random } = memoryReactor();
const text = formatTap({ name: "x", services: [{ command: "web", name: "web", options: { password: "hunter2" } }] });
const cheap = { n: 1_024 };
const sealed = encryptTap(text, "tap", "correct horse", random, cheap);

describe("encryptTap", () => {
  test("gives back what it was given, and its type", () => {
    assert.ok(isEncrypted(sealed));
    assert.ok(!sealed.includes("hunter2") && !sealed.includes("password"));
    assert.deepEqual(decryptTap(sealed, "correct horse", "f"), { type: "tap", text });
    assert.equal(
      decryptTap(encryptTap("é", "tas", "pässwörd", random, cheap), "pa\u0308sswo\u0308rd", "f").text,
      "é",
      "NFC",
    );
  });

  test("never encrypts the same way twice", () => {
    assert.notEqual(encryptTap(text, "tap", "correct horse", random, cheap), sealed);
  });

  test("takes a cost that is worth having by default", () => {
    const costly = encryptTap("x", "tap", "p", random);
    assert.match(costly, /^hawser-encrypted 1 tap scrypt 131072 8 1 /);
    assert.equal(decryptTap(costly, "p", "f").text, "x");
  });

  test("refuses a wrong passphrase with one line, and one for a changed file", () => {
    const told = {
      name: "UsageError",
      message: `Cannot decrypt "f": the passphrase is wrong, or the file was changed`,
    };
    assert.throws(() => decryptTap(sealed, "wrong horse", "f"), told);
    const [head = "", first = ""] = sealed.split("\n");
    const changes = [
      sealed.replace(first, (first[0] === "A" ? "B" : "A") + first.slice(1)),
      sealed.replace(" tap ", " tax "),
      sealed.replace(" 1024 ", " 2048 "),
      sealed.replace(head, encryptTap(text, "tap", "correct horse", random, cheap).split("\n")[0]!),
    ];
    for (const changed of changes) {
      assert.notEqual(changed, sealed);
      assert.throws(() => decryptTap(changed, "correct horse", "f"), told);
    }
  });

  const broken: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    [
      "a cost that would take hours",
      sealed.replace(" 1024 ", " 4194304 "),
      /its scrypt cost is 4194304, and not a power of two from 1024 to 262144/,
    ],
    ["a cost that is nothing", sealed.replace(" 1024 ", " 2 "), /its scrypt cost is 2/],
    ["a cost that is no power of two", sealed.replace(" 1024 ", " 1025 "), /its scrypt cost is 1025/],
    [
      "another memory parameter",
      sealed.replace(" 8 1 ", " 8000 1 "),
      /encrypted in a way that this program does not know/,
    ],
    ["another cipher", sealed.replace("aes-256-gcm", "rot13"), /encrypted in a way that this program does not know/],
    [
      "a newer version",
      sealed.replace("encrypted 1", "encrypted 2"),
      /encrypted in a way that this program does not know/,
    ],
    ["nothing after its first line", `${sealed.split("\n")[0]}\n`, /it is cut short, or no base64/],
    ["no base64", `${sealed.split("\n")[0]}\n<html>\n`, /it is cut short, or no base64/],
    ["only a word", "hawser-encrypted ", /encrypted in a way that this program does not know/],
  ];
  for (const [what, changed, message] of broken) {
    test(`refuses ${what}`, () =>
      assert.throws(
        () => decryptTap(changed, "correct horse", "f"),
        (error: unknown) => error instanceof UsageError && message.test(error.message),
      ));
  }

  test("refuses an empty passphrase", () => {
    assert.throws(() => encryptTap(text, "tap", "", random, cheap), /the passphrase is empty/);
  });
});

describe("readTapDocument", () => {
  const reactor = memoryReactor({ files: { "srv/x.tap": sealed } });
  const context = { reactor, findCommand: async () => undefined };

  test("asks for the passphrase once, and only then", async () => {
    let asked = 0;
    const passphrase = async () => {
      asked++;
      return "correct horse";
    };
    const { document, wasEncrypted } = await readTapDocument("/srv/x.tap", { ...context, passphrase });
    assert.ok(wasEncrypted);
    assert.equal(asked, 1);
    assert.equal(understandApplication(document, "members").description.services[0]?.options["password"], "hunter2");
  });

  test("refuses an encrypted file where nobody can be asked", () =>
    assert.rejects(readTapDocument("/srv/x.tap", context), { message: `Cannot read "/srv/x.tap": it is encrypted` }));
});
