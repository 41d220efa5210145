import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ed25519Key, rsaKey, signedMessage, verdictsOf } from "../dkim/signing.test.kit.ts";
import type { DkimCanonicalization, DkimKey } from "../index.ts";
import { forms, keyRecords, sampleMessages } from "./messages.test.kit.ts";

const program = "/usr/sbin/opendkim";
const missing = spawnSync(program, ["-V"]).error === undefined ? undefined : "opendkim is not installed";

const folder = mkdtempSync(join(tmpdir(), "hawser-opendkim-"));
after(() => rmSync(folder, { recursive: true }));

const now = Date.now(); // it knows no other time

describe("DKIM: with Debian's opendkim", () => {
  for (const [i, [header, body]] of forms.entries())
    test(`we sign ${header}/${body} with two keys, it verifies; and sees what was changed`, (t) => {
      if (missing !== undefined) return t.skip(missing);
      write(
        "keys",
        Object.entries(keyRecords)
          .map(([name, text]) => `${name} ${text}\n`)
          .join(""),
      );
      write("verify.conf", `Mode v\nTestPublicKeys ${join(folder, "keys")}\n`);
      for (const key of [rsaKey, ed25519Key]) {
        const options = { keys: [key], headerCanonicalization: header, bodyCanonicalization: body, now };
        const signed = milterMessages(200 + i, header)
          .slice(0, 20)
          .map((message) => signedMessage(message, options));
        const files = signed.flatMap((text, at) => [
          write(`${at}.good`, text),
          write(`${at}.bad`, text.replace("bob@", "rob@")),
        ]);
        const said = run("verify.conf", files);
        for (const [at, text] of signed.entries()) {
          assert.match(
            said,
            new RegExp(`/${at}\\.good: verification \\(s=${key.selector}, d=example\\.org, \\d+-bit key\\) succeeded`),
            text,
          );
          assert.match(said, new RegExp(`/${at}\\.bad: verification .* failed`), text);
        }
      }
    });

  for (const [i, [header, body]] of forms.entries())
    for (const [algorithm, key] of [
      ["rsa-sha256", rsaKey],
      ["ed25519-sha256", ed25519Key],
    ] as const)
      test(`it signs ${header}/${body} with ${algorithm}, we verify`, async (t) => {
        if (missing !== undefined) return t.skip(missing);
        if (header === "simple" && algorithm !== "rsa-sha256") return t.skip("opendkim cannot verify what it signs so");
        write("sign.conf", signingConf(key, algorithm, `${header}/${body}`));
        for (const message of milterMessages(300 + i, header).slice(0, 10)) {
          const signed = signedByIt(message);
          assert.deepEqual(await verdictsOf(signed, { now }), ["pass"], signed);
          assert.deepEqual(await verdictsOf(signed.replace("bob@", "rob@"), { now }), ["fail: bad-signature"]);
        }
      });

  test("what it signs with SHA-1 is policy (RFC 8301 §3.1)", async (t) => {
    if (missing !== undefined) return t.skip(missing);
    write("sign.conf", signingConf(rsaKey, "rsa-sha1", "relaxed/relaxed"));
    const [message] = sampleMessages(400);
    assert.deepEqual(await verdictsOf(signedByIt(message!), { now }), ["policy: weak-algorithm"]);
  });
});

function signedByIt(message: string): string {
  const said = run("sign.conf", [write("unsigned", message)]);
  const field = said.slice(said.indexOf("DKIM-Signature:")).trimEnd();
  return `${field.replace(/\r?\n/g, "\r\n")}\r\n${message}`;
}

/** In the form simple it wants one space behind the colon: a filter of mail is not told what stands there. */
function milterMessages(seed: number, header: DkimCanonicalization): readonly string[] {
  const messages = sampleMessages(seed);
  return header === "relaxed" ? messages : messages.map((text) => text.replace(/^([\w-]+):\s+/gm, "$1: "));
}

function signingConf({ selector, privateKey }: DkimKey, algorithm: string, form: string): string {
  const lines = [
    "Mode s",
    "RequireSafeKeys no", // the folder is below one that others may write to
    "Domain example.org",
    `Selector ${selector}`,
    `KeyFile ${write("key.pem", String(privateKey))}`,
    `SignatureAlgorithm ${algorithm}`,
    `Canonicalization ${form}`,
    "InternalHosts 127.0.0.1",
    "OversignHeaders From",
  ];
  return `${lines.join("\n")}\n`;
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { encoding: "latin1", mode: 0o600 });
  return path;
}

/** It looks at files and ends; it listens nowhere. */
function run(conf: string, files: readonly string[]): string {
  const { stdout, stderr } = spawnSync(program, ["-x", join(folder, conf), "-t", files.join(",")], {
    encoding: "latin1",
    timeout: 60_000,
  });
  return stdout + stderr;
}
