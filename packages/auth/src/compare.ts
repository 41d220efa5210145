import { timingSafeEqual } from "node:crypto";

/** Compares secrets in a time that tells only whether their lengths are the same. */
export function sameOctets(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/** {@link sameOctets} for text. */
export function sameText(left: string, right: string): boolean {
  return sameOctets(Buffer.from(left), Buffer.from(right));
}
