import { createHash } from "node:crypto";
import type { Random } from "@hawser/core";
import { sameOctets } from "../compare.ts";
import { base32 } from "../totp/base32.ts";

/**
 * A password that we make for one program of a user. It has 125 bits, so a plain salted hash keeps it as well as a slow one
 * would: nobody can try 2^125. Therefore all of a user's app passwords are compared without holding anybody up.
 */
export function makeAppPassword(random: Random): { readonly password: string; readonly hash: string } {
  const letters = base32(random.bytes(16)).slice(0, 25).toLowerCase();
  const password = letters.match(/.{5}/g)!.join("-");
  const salt = Buffer.from(random.bytes(9)).toString("base64");
  return { password, hash: `$sha256$${salt}$${digestOf(salt, letters).toString("base64").replace(/=+$/, "")}` };
}

/** Verifies one; spaces and hyphens, and the case, do not matter. */
export function verifyAppPassword(hash: string, password: string): boolean {
  const [, salt, digest] = appPasswordHash.exec(hash) ?? [];
  const letters = password.replace(/[\s-]/g, "").toLowerCase();
  if (salt === undefined || digest === undefined || letters.length !== 25) return false;
  return sameOctets(digestOf(salt, letters), Buffer.from(digest, "base64"));
}

/** How the hash of an app password is spelt. */
export const appPasswordHash: RegExp = /^\$sha256\$([A-Za-z0-9+/]{12})\$([A-Za-z0-9+/]{43})$/;

function digestOf(salt: string, letters: string): Buffer {
  return createHash("sha256").update(salt).update("$").update(letters).digest();
}
