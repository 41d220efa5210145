import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import type { Reactor } from "@hawser/core";
import type { ScramHash, ScramSecret } from "../../credentials.ts";
import { deriveSaslKey } from "../derive.ts";
import { scramHashOctets, scramIterations } from "../limits.ts";
import { saslprep } from "../saslprep/saslprep.ts";

/** What {@link makeScramSecret} needs besides the password. */
export interface ScramSecretOptions {
  /** Default `sha256`. */
  readonly hash?: ScramHash | undefined;
  /** Default 65,536; at least 4,096 (RFC 7677 §4), at most 10,000,000. */
  readonly iterations?: number | undefined;
  /** New for every secret: 16 octets of `reactor.random`. */
  readonly salt: Uint8Array;
}

/**
 * Makes what a server keeps in the place of a password (RFC 5802 §3). It blocks for as long as the iterations take; see
 * {@link deriveScramSecret}.
 * @throws {RangeError} when the iterations are out of bounds or there is no salt
 * @throws {TypeError} when SASLprep forbids the password
 */
export function makeScramSecret(password: string, options: ScramSecretOptions): ScramSecret {
  const { hash, iterations, salt } = checked(options);
  const key = pbkdf2Sync(preparePassword(password), salt, iterations, scramHashOctets[hash], hash);
  return scramSecretOf(key, { hash, iterations, salt });
}

/** {@link makeScramSecret} beside the event loop. */
export async function deriveScramSecret(
  reactor: Reactor,
  password: string,
  options: ScramSecretOptions,
): Promise<ScramSecret> {
  const settings = checked(options);
  return scramSecretOf(await deriveSaslKey(reactor, { password: preparePassword(password), ...settings }), settings);
}

/** A password as SCRAM derives keys from it. @throws {TypeError} when SASLprep forbids it, or it is empty */
export function preparePassword(password: string): string {
  const prepared = saslprep(password);
  if (prepared !== undefined && prepared !== "") return prepared;
  throw new TypeError("Cannot use the password: it is empty or has characters that SASLprep forbids");
}

/** Whether the iterations of a secret are within what we and our clients accept. */
export function areScramIterations(iterations: number): boolean {
  return Number.isInteger(iterations) && iterations >= scramIterations.min && iterations <= scramIterations.max;
}

/** ClientKey XOR HMAC(StoredKey, AuthMessage): what a client shows instead of its password (RFC 5802 §3). */
export function scramClientProof(hash: ScramHash, saltedPassword: Uint8Array, authMessage: string): Uint8Array {
  const key = hmac(hash, saltedPassword, "Client Key");
  return xor(key, hmac(hash, digest(hash, key), authMessage));
}

/** Whether a proof was made with the password of the secret. */
export function isScramProof(secret: ScramSecret, authMessage: string, proof: Uint8Array): boolean {
  if (proof.length !== scramHashOctets[secret.hash]) return false;
  const key = xor(proof, hmac(secret.hash, secret.storedKey, authMessage));
  return timingSafeEqual(digest(secret.hash, key), secret.storedKey);
}

/** What a server shows in return: HMAC(ServerKey, AuthMessage). */
export function scramServerSignature(secret: Pick<ScramSecret, "hash" | "serverKey">, authMessage: string): Uint8Array {
  return hmac(secret.hash, secret.serverKey, authMessage);
}

/** The key behind {@link scramServerSignature}, as a client derives it. */
export function scramServerKey(hash: ScramHash, saltedPassword: Uint8Array): Uint8Array {
  return hmac(hash, saltedPassword, "Server Key");
}

function scramSecretOf(
  saltedPassword: Uint8Array,
  { hash, iterations, salt }: Required<ScramSecretSettings>,
): ScramSecret {
  const storedKey = digest(hash, hmac(hash, saltedPassword, "Client Key"));
  return { kind: "scram", hash, salt, iterations, storedKey, serverKey: scramServerKey(hash, saltedPassword) };
}

type ScramSecretSettings = Pick<ScramSecret, "hash" | "iterations" | "salt">;

function checked(options: ScramSecretOptions): ScramSecretSettings {
  const { hash = "sha256", iterations = scramIterations.usual, salt } = options;
  const { min, max } = scramIterations;
  if (!areScramIterations(iterations))
    throw new RangeError(`Cannot make a SCRAM secret of ${iterations} iterations: it takes ${min} to ${max}`);
  if (salt.length === 0) throw new RangeError("Cannot make a SCRAM secret: there is no salt");
  return { hash, iterations, salt };
}

function digest(hash: ScramHash, octets: Uint8Array): Uint8Array {
  return createHash(hash).update(octets).digest();
}

function hmac(hash: ScramHash, key: Uint8Array, text: string): Uint8Array {
  return createHmac(hash, key).update(text).digest();
}

function xor(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((octet, at) => octet ^ other[at]!);
}
