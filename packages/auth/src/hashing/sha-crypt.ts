import { createHash } from "node:crypto";
import { cryptBase64 } from "./crypt-base64.ts";

/** The two kinds of SHA-crypt, as glibc's crypt(3) and `openssl passwd -5` and `-6` make them. */
export type ShaCryptKind = "5" | "6";

/** What is used when no rounds are told. */
export const shaCryptRoundsDefault = 5000;

/**
 * SHA-crypt: `$5$SALT$…` with SHA-256, `$6$SALT$…` with SHA-512, `$6$rounds=10000$SALT$…` with other rounds than 5000.
 * @param rounds from 1000 to 999,999,999, as its specification bounds them; `undefined` leaves them untold
 */
export function shaCrypt(password: string, kind: ShaCryptKind, salt: string, rounds?: number): string {
  const { algorithm, octets, places } = kinds[kind];
  const secret = Buffer.from(password);
  const start = Buffer.from(salt.slice(0, 16));
  const hash = (...parts: readonly Uint8Array[]): Buffer => digestOf(algorithm, parts);
  const inner = hash(secret, start, secret);
  let digest = hash(secret, start, repeated(inner, secret.length), ...mixed(secret, inner));
  const p = repeated(hash(...Array<Buffer>(secret.length).fill(secret)), secret.length);
  const s = repeated(hash(...Array<Buffer>(16 + digest[0]!).fill(start)), start.length);
  for (let round = 0; round < (rounds ?? shaCryptRoundsDefault); round++) {
    const odd = round % 2 === 1;
    const middle = [...(round % 3 === 0 ? [] : [s]), ...(round % 7 === 0 ? [] : [p])];
    digest = hash(odd ? p : digest, ...middle, odd ? digest : p);
  }
  const told = rounds === undefined ? "" : `rounds=${rounds}$`;
  return `$${kind}$${told}${start}$${cryptBase64(digest.subarray(0, octets), places)}`;
}

/** One part for each bit of the password's length, the lowest first. */
function mixed(secret: Buffer, inner: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let bits = secret.length; bits > 0; bits >>= 1) parts.push((bits & 1) === 1 ? inner : secret);
  return parts;
}

function repeated(octets: Buffer, length: number): Buffer {
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, octets);
}

function digestOf(algorithm: string, parts: readonly Uint8Array[]): Buffer {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The groups turn by one from each to the next: 0 10 20, 21 1 11, 12 22 2, … */
function turningPlaces(third: number, turn: number): readonly (readonly number[])[] {
  return Array.from({ length: third }, (_, group) => {
    const row = [group, group + third, group + 2 * third];
    const shift = (group * turn) % 3;
    return [...row.slice(shift), ...row.slice(0, shift)];
  });
}

const kinds = {
  "5": { algorithm: "sha256", octets: 32, places: [...turningPlaces(10, 2), [31, 30]] },
  "6": { algorithm: "sha512", octets: 64, places: [...turningPlaces(21, 1), [63]] },
} as const;
