import { createHash } from "node:crypto";
import type { DigestAlgorithm, DigestSecret } from "../credentials.ts";

const functions: Readonly<Record<DigestAlgorithm, string>> = {
  MD5: "md5",
  "SHA-256": "sha256",
  "SHA-512-256": "sha512-256",
};

/** `H(user:realm:password)`, what a server of HTTP Digest keeps (RFC 7616 §3.4.2). */
export function makeDigestSecret(
  user: string,
  password: string,
  realm: string,
  algorithm: DigestAlgorithm,
): DigestSecret {
  const hash = createHash(functions[algorithm]).update(`${user}:${realm}:${password}`).digest("hex");
  return { kind: "digest", algorithm, realm, hash };
}

/** Spells a secret for a users file: `SHA-256:HASH:REALM`. */
export function formatDigestSecret({ algorithm, realm, hash }: DigestSecret): string {
  return `${algorithm}:${hash}:${realm}`;
}

/** Reads what {@link formatDigestSecret} writes; `undefined` when it is none. */
export function parseDigestSecret(text: string): DigestSecret | undefined {
  const [, algorithm, hash, realm] =
    /^(MD5|SHA-256|SHA-512-256):([0-9a-f]{32}(?:[0-9a-f]{32})?):(.+)$/s.exec(text) ?? [];
  if (algorithm === undefined || hash === undefined || realm === undefined) return undefined;
  if ((algorithm === "MD5") !== (hash.length === 32)) return undefined;
  return { kind: "digest", algorithm: algorithm as DigestAlgorithm, realm, hash };
}
