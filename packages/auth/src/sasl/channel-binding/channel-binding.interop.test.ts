import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { certificateHash } from "./certificate-hash.ts";

const kinds: readonly [string, readonly string[], string | undefined][] = [
  ["RSA with SHA-1", ["-newkey", "rsa:2048", "-sha1"], "sha256"],
  ["RSA with SHA-384", ["-newkey", "rsa:2048", "-sha384"], "sha384"],
  ["RSA-PSS with SHA-512", ["-newkey", "rsa:2048", "-sha512", "-sigopt", "rsa_padding_mode:pss"], "sha512"],
  ["ECDSA with SHA-256", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-sha256"], "sha256"],
  ["ECDSA with SHA-512", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521", "-sha512"], "sha512"],
  ["Ed25519", ["-newkey", "ed25519"], undefined],
];

for (const [kind, words, hash] of kinds)
  test(`the hash of a certificate that OpenSSL has signed: ${kind}`, (t) => {
    const made = spawnSync("openssl", ["req", "-x509", "-nodes", "-subj", "/CN=a", "-keyout", "/dev/null", ...words]);
    if (made.error !== undefined) return t.skip("openssl is not installed");
    assert.equal(made.status, 0, made.stderr.toString());
    assert.equal(certificateHash(new X509Certificate(made.stdout).raw), hash);
  });
