/** The alphabet of crypt(3): six bits a character, the lowest first. */
const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * Spells octets as crypt(3) does: in groups of three or fewer, whose places a table tells, the first being the highest.
 */
export function cryptBase64(octets: Uint8Array, places: readonly (readonly number[])[]): string {
  return places.map((group) => spellGroup(group.map((place) => octets[place]!))).join("");
}

function spellGroup(octets: readonly number[]): string {
  let value = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  let text = "";
  for (let characters = Math.ceil((octets.length * 8) / 6); characters > 0; characters--) {
    text += alphabet[value & 63];
    value >>>= 6;
  }
  return text;
}
