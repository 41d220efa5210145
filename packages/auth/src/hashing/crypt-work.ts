/** Verifies hashes that take long, in a worker thread where the reactor has some: nothing in here may know a reactor. */
import { createHash } from "node:crypto";
import { sameOctets, sameText } from "../compare.ts";
import { md5Crypt } from "./apr1.ts";
import { PasswordHashError } from "./errors.ts";
import { type ShaCryptKind, shaCrypt } from "./sha-crypt.ts";

/** Tells whether a password is the one of a hash that {@link passwordHashFault} has found in order. */
export async function verifyCrypt(hash: string, password: string): Promise<boolean> {
  if (/^\$2[aby]\$/.test(hash)) return (await loadBcrypt()).compareSync(password, hash);
  if (hash.startsWith("{")) return verifyDigest(hash, password);
  const [, kind = "", , rounds, salt = ""] = /^\$(\w+)\$(rounds=(\d+)\$)?([^$]*)/.exec(hash) ?? [];
  if (kind === "apr1" || kind === "1") return sameText(md5Crypt(password, `$${kind}$`, salt.slice(0, 8)), hash);
  return sameText(
    shaCrypt(password, kind as ShaCryptKind, salt, rounds === undefined ? undefined : Number(rounds)),
    hash,
  );
}

/** `{SHA}` and, with what follows the digest as its salt, `{SSHA}`: base64 of SHA-1. */
function verifyDigest(hash: string, password: string): boolean {
  const kept = Buffer.from(hash.slice(hash.indexOf("}") + 1), "base64");
  const digest = createHash("sha1").update(password).update(kept.subarray(20)).digest();
  return sameOctets(digest, kept.subarray(0, 20));
}

interface Bcrypt {
  compareSync(password: string, hash: string): boolean;
}

/** The native package is six times faster; the other runs everywhere. */
async function loadBcrypt(): Promise<Bcrypt> {
  const native = "@node-rs/bcrypt";
  try {
    return (await import(native)) as Bcrypt;
  } catch {
    return loadPlainBcrypt(native);
  }
}

async function loadPlainBcrypt(native: string): Promise<Bcrypt> {
  try {
    const { compareSync } = await import("bcryptjs");
    return { compareSync };
  } catch (cause) {
    const message = `Cannot verify a bcrypt hash: install the package bcryptjs or ${native}`;
    throw new PasswordHashError("missing-package", message, { cause });
  }
}
