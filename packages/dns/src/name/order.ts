import type { DomainName } from "./domain-name.ts";

/**
 * Canonical order of names (RFC 4034 §6.1): by their labels from the right, in lower case, octet for octet; a name comes
 * before those below it. Negative, 0 or positive, as `sort` likes it.
 */
export function compareDomainNames(a: DomainName, b: DomainName): number {
  if (a === b) return 0;
  const [left, right] = [a.key, b.key];
  let i = startsOf(left, leftStarts);
  let j = startsOf(right, rightStarts);
  while (i > 0 && j > 0) {
    const order = compareLabels(left, leftStarts[--i]!, right, rightStarts[--j]!);
    if (order !== 0) return order;
  }
  return i - j;
}

const leftStarts = new Uint8Array(128);
const rightStarts = new Uint8Array(128);

/** Where the labels begin, the root's left out; gives their number. */
function startsOf(wire: string, starts: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < wire.length - 1; at += wire.charCodeAt(at) + 1) starts[count++] = at;
  return count;
}

function compareLabels(left: string, leftAt: number, right: string, rightAt: number): number {
  const [leftLength, rightLength] = [left.charCodeAt(leftAt), right.charCodeAt(rightAt)];
  const shared = Math.min(leftLength, rightLength);
  for (let i = 1; i <= shared; i++) {
    const order = left.charCodeAt(leftAt + i) - right.charCodeAt(rightAt + i);
    if (order !== 0) return order;
  }
  return leftLength - rightLength;
}
