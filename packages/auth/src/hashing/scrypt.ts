import { scryptSync } from "node:crypto";
import { PasswordHashError } from "./errors.ts";

/** What one scrypt hash costs (RFC 7914 §2): `128 · 2^ln · r` octets of memory, and `p` times the work of filling them. */
export interface ScryptCost {
  /** The logarithm of N. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB, and about a fifth of a second on a small server: what OWASP's password storage page asks at least. */
export const scryptCostDefault: ScryptCost = { ln: 15, r: 8, p: 3 };

/** A hash taken apart. */
export interface ScryptHash {
  readonly cost: ScryptCost;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/** Twice what the costliest recommended setting takes (N = 2^17, r = 8). Whoever may write a users file shall not be able to stop the server. */
const memoryOctetsMax = 256 * 1024 * 1024;

/** N · r · p; the recommended settings need 2^20. */
const workMax = 2 ** 23;

const pattern = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** Reads `$scrypt$ln=15,r=8,p=3$SALT$HASH` with base64 without padding, as the PHC string format has it. */
export function parseScrypt(text: string): ScryptHash {
  const [, ln, r, p, salt, hash] = pattern.exec(text) ?? [];
  if (hash === undefined || salt === undefined)
    throw new PasswordHashError("bad-hash", "Cannot read a password hash: it is no $scrypt$ln=…,r=…,p=…$SALT$HASH");
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  checkCost(cost);
  return { cost, salt: Buffer.from(salt, "base64"), hash: Buffer.from(hash, "base64") };
}

/** Spells a hash so that {@link parseScrypt} gives it back. */
export function formatScrypt({ cost: { ln, r, p }, salt, hash }: ScryptHash): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(hash)}`;
}

/** What node:crypto wants to know. */
export function scryptOptions({ ln, r, p }: ScryptCost): { N: number; r: number; p: number; maxmem: number } {
  return { N: 2 ** ln, r, p, maxmem: 2 * memoryOctetsMax };
}

/** Hashes in this very moment, holding up the loop. */
export function scryptNow(password: string, salt: Uint8Array, octets: number, cost: ScryptCost): Uint8Array {
  return scryptSync(password, salt, octets, scryptOptions(cost));
}

/** @throws {PasswordHashError} */
export function checkCost({ ln, r, p }: ScryptCost): void {
  const isSane = [ln, r, p].every((value) => Number.isInteger(value) && value >= 1);
  if (!isSane) throw new PasswordHashError("bad-hash", `Cannot hash with scrypt at ln=${ln}, r=${r}, p=${p}`);
  if (128 * 2 ** ln * r > memoryOctetsMax || 2 ** ln * r * p > workMax)
    throw new PasswordHashError("too-costly", `Cannot hash with scrypt at ln=${ln}, r=${r}, p=${p}: it costs too much`);
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64").replace(/=+$/, "");
}
