import type { DigestAlgorithm } from "@hawser/auth/protocol";
import { builtIn } from "@hawser/core";

/** What a response of Digest is made of, besides the secret (RFC 7616 §3.4.1). */
export interface HttpDigestFacts {
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly cnonce: string;
  /** How often the nonce was used, in eight hexadecimal digits. */
  readonly nc: string;
  readonly qop: string;
}

/** H(A1): what a server may keep in the place of the password (RFC 7616 §3.4.2). */
export function httpDigestSecret(algorithm: DigestAlgorithm, user: string, realm: string, password: string): string {
  return hash(algorithm, `${user}:${realm}:${password}`);
}

/** `response`: what a client shows (RFC 7616 §3.4.1). */
export function httpDigestResponse(algorithm: DigestAlgorithm, secret: string, facts: HttpDigestFacts): string {
  const { method, uri, nonce, nc, cnonce, qop } = facts;
  return hash(algorithm, `${secret}:${nonce}:${nc}:${cnonce}:${qop}:${hash(algorithm, `${method}:${uri}`)}`);
}

/** `rspauth`: what a server shows in return (RFC 7616 §3.5). */
export function httpDigestServerResponse(algorithm: DigestAlgorithm, secret: string, facts: HttpDigestFacts): string {
  return httpDigestResponse(algorithm, secret, { ...facts, method: "" });
}

function hash(algorithm: DigestAlgorithm, text: string): string {
  return builtIn("node:crypto").createHash(hashNames[algorithm]).update(text).digest("hex");
}

const hashNames: Readonly<Record<DigestAlgorithm, string>> = {
  MD5: "md5",
  "SHA-256": "sha256",
  "SHA-512-256": "sha512-256",
};
