import { createHash } from "node:crypto";
import { cryptBase64 } from "./crypt-base64.ts";

/** Where each octet of the digest is spelt. */
const places = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]] as const;

/** Apache's MD5 hash of a password, `$apr1$SALT$…`, or FreeBSD's original, `$1$SALT$…`: a thousand rounds of MD5. */
export function md5Crypt(password: string, magic: "$apr1$" | "$1$", salt: string): string {
  const secret = Buffer.from(password);
  const start = Buffer.from(salt);
  let digest = firstDigest(secret, magic, start);
  for (let round = 0; round < 1000; round++) digest = nextDigest(digest, secret, start, round);
  return `${magic}${salt}$${cryptBase64(digest, places)}`;
}

function firstDigest(secret: Buffer, magic: string, salt: Buffer): Buffer {
  const inner = createHash("md5").update(secret).update(salt).update(secret).digest();
  const outer = createHash("md5").update(secret).update(magic).update(salt);
  for (let left = secret.length; left > 0; left -= 16) outer.update(inner.subarray(0, Math.min(16, left)));
  for (let bits = secret.length; bits > 0; bits >>= 1) outer.update((bits & 1) === 1 ? zero : secret.subarray(0, 1));
  return outer.digest();
}

function nextDigest(digest: Buffer, secret: Buffer, salt: Buffer, round: number): Buffer {
  const hash = createHash("md5").update(round % 2 === 1 ? secret : digest);
  if (round % 3 !== 0) hash.update(salt);
  if (round % 7 !== 0) hash.update(secret);
  return hash.update(round % 2 === 1 ? digest : secret).digest();
}

const zero = Buffer.of(0);
