/** DER (X.690), as much of it as a certificate needs: each function gives one whole element. */

/** One element: its tag, its length, its content. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...derLength(content.length)]), content]);
}

/** The length octets (X.690 §8.1.3): one below 128, else a count and as many octets. */
function derLength(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

/** SEQUENCE of elements. */
export function derSequence(...elements: readonly Uint8Array[]): Uint8Array {
  return der(0x30, ...elements);
}

/** OBJECT IDENTIFIER from its dotted form. */
export function derOid(dotted: string): Uint8Array {
  const [first, second, ...arcs] = dotted.split(".").map(Number);
  return der(0x06, Buffer.from([first! * 40 + second!, ...arcs.flatMap(base128)]));
}

function base128(arc: number): number[] {
  const octets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift(0x80 | (rest % 128));
  return octets;
}

/** INTEGER from the octets of a non-negative number. */
export function derInteger(octets: Uint8Array): Uint8Array {
  return der(0x02, octets[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), octets]) : octets);
}

/** BIT STRING of whole octets, of which the last `unusedBits` bits do not count. */
export function derBits(octets: Uint8Array, unusedBits = 0): Uint8Array {
  return der(0x03, Buffer.from([unusedBits]), octets);
}

/** OCTET STRING. */
export function derOctets(octets: Uint8Array): Uint8Array {
  return der(0x04, octets);
}

/** UTF8String. */
export function derText(text: string): Uint8Array {
  return der(0x0c, Buffer.from(text));
}

/** A time as certificates write it: UTCTime until 2049, GeneralizedTime after (RFC 5280 §4.1.2.5). */
export function derTime(wallMs: number): Uint8Array {
  const digits = `${new Date(wallMs).toISOString().replace(/\D/g, "").slice(0, 14)}Z`;
  const short = digits < "2050";
  return der(short ? 0x17 : 0x18, Buffer.from(short ? digits.slice(2) : digits));
}
