/** Text as its UTF-8 octets, one character each: how lines are kept while they are read and written. */
export function octetText(text: string): string {
  return isAsciiText(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** The text that octets mean as UTF-8; those that are none become U+FFFD. */
export function textOfOctets(octets: string): string {
  return isAsciiText(octets) ? octets : Buffer.from(octets, "latin1").toString("utf8");
}

/** Octets as text of one character each. */
export function latin1Of(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("latin1");
}

/** Whether all characters are of US-ASCII. */
export function isAsciiText(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
