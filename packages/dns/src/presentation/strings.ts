import { dnsStringOctetsMax } from "../limits.ts";
import { escapedOctet, escapeLength } from "../name/text.ts";

/**
 * Takes the escapes out of a word: text with one character for each octet (RFC 1035 §5.1). What is not ASCII stands for its
 * octets in UTF-8, as it does in a file.
 * @throws {DnsTextError} `bad-escape`
 */
export function unescapeDnsText(word: string): string {
  const octets = Buffer.from(word).toString("latin1"); // a copy: a part of a string holds the whole file
  if (!octets.includes("\\")) return octets;
  let text = "";
  for (let at = 0; at < octets.length; ) {
    const isEscape = octets[at] === "\\";
    text += isEscape ? String.fromCharCode(escapedOctet(octets, at)) : octets[at];
    at += isEscape ? escapeLength(octets, at) : 1;
  }
  return text;
}

/** Puts octets between quotes, with the escapes that they need. */
export function quoteDnsText(text: string): string {
  return `"${escapeDnsText(text)}"`;
}

/** Escapes quotes, backslashes and what cannot be printed. */
export function escapeDnsText(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, (octet) => {
    const code = octet.charCodeAt(0);
    return code < 0x20 || code > 0x7e ? `\\${String(code).padStart(3, "0")}` : `\\${octet}`;
  });
}

/**
 * Splits text into character-strings of at most 255 octets, as TXT records hold it. Text goes as UTF-8, since nothing else is
 * in use where ASCII does not do.
 */
export function dnsStringsOf(text: string): readonly string[] {
  const octets = Buffer.from(text).toString("latin1");
  const strings = octets.match(new RegExp(`[^]{1,${dnsStringOctetsMax}}`, "g"));
  return strings ?? [""];
}

/** Joins character-strings, and reads them as UTF-8. */
export function dnsTextOf(strings: readonly string[]): string {
  return Buffer.from(strings.join(""), "latin1").toString();
}
