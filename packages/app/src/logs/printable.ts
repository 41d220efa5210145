/**
 * C0 and C1 controls without the line feed, line and paragraph separators, and the marks that turn the direction of
 * text: with these a peer could steer the terminal of whoever reads a log, or show another line than was written.
 */
const unprintable = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** A text that steers no terminal. Line feeds stay: who writes one line indents or escapes them. */
export function printableText(text: string): string {
  return text.replace(unprintable, (c) => escaped(c.charCodeAt(0)));
}

/** The same for a line of JSON, which stays JSON: it escapes a part of them by itself. */
export function printableJson(line: string): string {
  return line.replace(unprintable, (c) => `\\u${hex(c.charCodeAt(0), 4)}`);
}

function escaped(code: number): string {
  return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
