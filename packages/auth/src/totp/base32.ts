/** The alphabet of RFC 4648 §6. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Spells octets in base32 (RFC 4648 §6), without padding. */
export function base32(octets: Uint8Array): string {
  let [text, bits, held] = ["", 0, 0];
  for (const octet of octets) {
    held = (held << 8) | octet;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(held >>> (bits - 5)) & 31];
    held &= 0xff;
  }
  return bits === 0 ? text : text + alphabet[(held << (5 - bits)) & 31];
}

/** Reads base32 as people write it: in either case, with spaces, hyphens and padding. `undefined` when it is none. */
export function parseBase32(text: string): Uint8Array | undefined {
  const letters = text.toUpperCase().replace(/[\s-]|=+$/g, "");
  if (!/^[A-Z2-7]+$/.test(letters)) return undefined;
  const octets: number[] = [];
  let [bits, held] = [0, 0];
  for (const letter of letters) {
    held = ((held << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    octets.push((held >>> bits) & 0xff);
  }
  return Uint8Array.from(octets);
}
