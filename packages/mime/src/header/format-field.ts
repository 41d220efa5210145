import { quote } from "@hawser/core/protocol";
import { MimeError } from "../errors.ts";
import { encodedLineOctetsMax, mailLineOctetsMax, mailLineOctetsWanted } from "../limits.ts";
import { encodedWordsOf } from "./encoded-words.ts";
import { isAscii, utf8TextOf } from "./octet-text.ts";

/** How fields are written. */
export interface FormatFieldOptions {
  /** Text beyond US-ASCII stays as it is, in UTF-8, for those who take it (RFC 6532). Default false: encoded words. */
  readonly utf8?: boolean | undefined;
}

/**
 * Writes a field whose body is structured already, or plain: folded at its spaces so that lines have 78 octets where that can
 * be (RFC 5322 §2.1.1), or 76 with an encoded word (RFC 2047 §2). Characters beyond US-ASCII stand in UTF-8 (RFC 6532 §3.2).
 *
 * @throws {MimeError} `bad-header` for names that are none, for CR, LF and NUL in the body (nobody may begin a field of their
 * own), and for a piece without spaces that no line can hold
 */
export function formatField(name: string, body: string): string {
  if (!/^[!-9;-~]+$/.test(name)) throw new MimeError("bad-header", `Cannot write a field called ${quote(name)}`);
  if (/[\r\n\0]/.test(body))
    throw new MimeError("bad-header", `Cannot write the field ${quote(name)}: its text has more than one line`);
  const lines = foldedLines(`${name}: ${utf8TextOf(body).trim()}`);
  if (lines.some((line) => line.length > mailLineOctetsMax))
    throw new MimeError(
      "bad-header",
      `Cannot write the field ${quote(name)}: ${mailLineOctetsMax} octets without a space`,
    );
  return `${lines.join("\r\n")}\r\n`;
}

/** Writes a field of text for people, such as `Subject` (RFC 5322 §3.6.5): in encoded words, where it must be. */
export function formatTextField(name: string, text: string, options: FormatFieldOptions = {}): string {
  return formatField(
    name,
    needsEncodedWords(text, options) ? encodedWordsOf(text, "text", name.length + 2).join(" ") : text,
  );
}

/** Whether text cannot stand as it is: for its characters, since it looks encoded, or since no line can hold a word of it. */
export function needsEncodedWords(text: string, { utf8 = false }: FormatFieldOptions = {}): boolean {
  if (!utf8 && !isAscii(text)) return true;
  const words = text.split(/[ \t]/);
  // Spaces at the ends, and several that a fold would part, would be lost.
  return /=\?|[\0-\x08\x0b-\x1f\x7f]|^\s|\s$|\s{2}/.test(text) || words.some((word) => Buffer.byteLength(word) > 900);
}

/** A fold stands before white space that stays what it is (RFC 5322 §2.2.3); never on a line with nothing else. */
function foldedLines(text: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<![ \t])(?=[ \t])/)) {
    if (line !== "" && /\S/.test(word) && isTooLong(line + word) && !isName(line)) {
      lines.push(line);
      line = word;
    } else line += word;
  }
  return [...lines, line];
}

function isTooLong(line: string): boolean {
  return line.length > (line.includes("=?") ? encodedLineOctetsMax : mailLineOctetsWanted);
}

/** The first line should say more than its name: some take an empty first line for an empty field. */
function isName(line: string): boolean {
  return line.endsWith(":");
}
