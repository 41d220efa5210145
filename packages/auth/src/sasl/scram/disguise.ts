import { createHmac } from "node:crypto";
import type { ScramHash, ScramSecret } from "../../credentials.ts";
import { scramHashOctets } from "../limits.ts";
import type { SaslDisguise } from "../mechanism.ts";

/**
 * What a user who is not there is shown: the same salt each time, another for every name and hash, and keys that no
 * password fits. So a peer cannot ask who is there (RFC 5802 §9).
 */
export function disguisedScramSecret(disguise: SaslDisguise, user: string, hash: ScramHash): ScramSecret {
  const octets = (what: string, count: number) =>
    createHmac("sha512", disguise.key)
      .update(JSON.stringify([what, hash, user]))
      .digest()
      .subarray(0, count);
  return {
    kind: "scram",
    hash,
    salt: octets("salt", disguise.saltOctets),
    iterations: disguise.iterations,
    storedKey: octets("stored key", scramHashOctets[hash]),
    serverKey: octets("server key", scramHashOctets[hash]),
  };
}
