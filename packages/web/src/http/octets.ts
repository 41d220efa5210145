/**
 * The octet classes of RFC 9110 as 256-entry tables: one look-up tells whether an octet may stand where it stands.
 * Values are 1 and 0, so that several look-ups combine with `&`.
 */

const alpha = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const digit = "0123456789";

/** `tchar`: what names of methods, fields and tokens are made of (RFC 9110 §5.6.2). */
export const httpTokenOctets: Uint8Array = octetClass(`!#$%&'*+-.^_\`|~${digit}${alpha}`);

/** What a field value may hold: HTAB, SP, VCHAR and obs-text (RFC 9110 §5.5). */
export const httpTextOctets: Uint8Array = octetClass("\t").map((known, octet) =>
  octet >= 0x20 && octet !== 0x7f ? 1 : known,
);

/** Whether `text` is a token: at least one `tchar`, and nothing else (RFC 9110 §5.6.2). */
export function isHttpToken(text: string): boolean {
  return text.length > 0 && consistsOf(text, httpTokenOctets);
}

/** Whether `text` may be sent as a field value: octets of its class, no space at either end (RFC 9110 §5.5). */
export function isHttpFieldValue(text: string): boolean {
  return consistsOf(text, httpTextOctets) && !isBlank(text.charCodeAt(0)) && !isBlank(text.charCodeAt(text.length - 1));
}

/** Whether every character of `text` is an octet of `octets`. */
export function consistsOf(text: string, octets: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) {
    if (octets[text.charCodeAt(i)] !== 1) return false;
  }
  return true;
}

/** `text` from `start` to `end` without the OWS at its ends (RFC 9110 §5.6.3). Not `trim`: to that a no-break space is blank too. */
export function trimBlanks(text: string, start = 0, end: number = text.length): string {
  let first = start;
  let last = end;
  while (first < last && isBlank(text.charCodeAt(first))) first++;
  while (last > first && isBlank(text.charCodeAt(last - 1))) last--;
  return text.slice(first, last);
}

/** Makes a table from the characters that belong to it. */
export function octetClass(members: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const member of members) table[member.charCodeAt(0)] = 1;
  return table;
}

/** Whether a character is SP or HTAB, the OWS of RFC 9110 §5.6.3. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
