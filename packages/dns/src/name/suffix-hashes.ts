import { type DomainName, nameOfWire } from "./domain-name.ts";
import { latin1Of, lowerOctet } from "./octets.ts";

/**
 * The hashes of a name and of those above it, as {@link hashSuffixes} left them: first the name's own, last the root's. Whoever
 * finds something by such a hash compares names too: anybody can make names with the same.
 */
export const suffixHashes: Int32Array = new Int32Array(128);

/** Whose hashes they are: a question's name is hashed while it is read, and not again by those who look for it. */
let hashed: DomainName | undefined;
let hashedLabels = 0;

/** Hashes a name and those above it, whatever the case of its letters. Gives the count of its labels. */
export function hashSuffixes(name: DomainName): number {
  if (name !== hashed) {
    hashKey(name.wire);
    hashed = name;
  }
  return hashedLabels;
}

/** The hash of the name with a key, or with a wire form. */
export function hashKey(key: string): number {
  for (let i = 0; i < key.length; i++) scratch[i] = key.charCodeAt(i);
  hashOctets(scratch, 0, key.length);
  hashed = undefined;
  return suffixHashes[0]!;
}

/** Makes a name of the octets of a wire form that its caller has checked, and hashes it: one way through them for both. */
export function nameOfOctets(octets: Uint8Array, start: number, end: number): DomainName {
  const isLower = hashOctets(octets, start, end);
  hashed = nameOfWire(latin1Of(octets, start, end), isLower);
  return hashed;
}

/** FNV-1a from the root up. Gives whether there was no capital. */
function hashOctets(octets: Uint8Array, start: number, end: number): boolean {
  let count = 0;
  for (let at = start; at < end - 1; at += octets[at]! + 1) starts[count++] = at;
  starts[count] = end - 1;
  hashedLabels = count;
  let [at, hash, capitals] = [end - 1, 0x811c9dc5 | 0, 0];
  for (let label = count; label >= 0; label--) {
    for (const first = starts[label]!; at >= first; at--) {
      const octet = octets[at]!;
      const lower = lowered[octet]!;
      capitals |= octet ^ lower;
      hash = Math.imul(hash ^ lower, 0x01000193);
    }
    suffixHashes[label] = hash;
  }
  return capitals === 0;
}

const starts = new Int32Array(128);
const lowered = Uint8Array.from({ length: 256 }, (_, octet) => lowerOctet(octet));
const scratch = new Uint8Array(256);
