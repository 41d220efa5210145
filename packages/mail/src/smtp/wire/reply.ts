import { quote } from "@hawser/core";

/** What a server says (RFC 5321 §4.2). */
export interface SmtpReply {
  /** 200 to 599. */
  readonly code: number;
  /** Class, subject and detail: `5.1.1` (RFC 3463). Absent where the server says none. */
  readonly enhanced?: string | undefined;
  /** At least one; without codes. */
  readonly lines: readonly string[];
}

/** Reads a reply as one writes it: `"550 5.1.1 No such user"`. @throws {TypeError} */
export function parseSmtpReply(text: string): SmtpReply {
  const read = /^([2-5]\d\d) (?:([245]\.\d{1,3}\.\d{1,3}) )?([^\r\n\0]*)$/.exec(text);
  if (read === null)
    throw new TypeError(`Cannot read the reply ${quote(text)}: write it like "550 5.1.1 No such user"`);
  const [, code, enhanced, rest] = read;
  return { code: Number(code), enhanced, lines: [rest!] };
}

/**
 * Writes a reply as octets, one per character, with the enhanced code in every line (RFC 2034 §4).
 * @throws {TypeError} when CR, LF or NUL would make a line say more than it should
 */
export function formatSmtpReply({ code, enhanced, lines }: SmtpReply): string {
  const status = enhanced === undefined ? "" : `${enhanced} `;
  if (lines.length === 1) return `${code} ${status}${lineText(lines[0]!)}\r\n`;
  const last = lines.length - 1;
  return lines.map((line, i) => `${code}${i === last ? " " : "-"}${status}${lineText(line)}\r\n`).join("");
}

/** Spells a reply for an error: `550 5.1.1 No such user`. */
export function describeSmtpReply({ code, enhanced, lines }: SmtpReply): string {
  return [code, ...(enhanced === undefined ? [] : [enhanced]), ...lines].join(" ");
}

/** One line of a reply, taken apart; `undefined` when it is none. */
export interface SmtpReplyLine {
  readonly code: number;
  readonly isLast: boolean;
  readonly text: string;
}

/** Reads a line without its CRLF. Some servers end with the bare code (RFC 5321 §4.2: clients must take that). */
export function readSmtpReplyLine(line: string): SmtpReplyLine | undefined {
  const read = /^([2-5][0-9]{2})(?:([ -])(.*))?$/s.exec(line);
  if (read === null) return undefined;
  return { code: Number(read[1]), isLast: read[2] !== "-", text: read[3] ?? "" };
}

/** Puts lines together: the enhanced code is taken off where the first line has one that fits (RFC 2034 §4). */
export function replyOfLines(code: number, texts: readonly string[]): SmtpReply {
  const enhanced = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/.exec(texts[0] ?? "")?.[1];
  if (enhanced === undefined || enhanced[0] !== String(code)[0]) return { code, lines: texts };
  const prefix = `${enhanced} `;
  const lines = texts.map((text) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text === enhanced ? "" : text,
  );
  return { code, enhanced, lines };
}

function lineText(text: string): string {
  if (/[\r\n\0]/.test(text)) throw new TypeError(`Cannot write the reply ${quote(text)}: it has CR, LF or NUL inside`);
  return /[^\x01-\x7f]/.test(text) ? Buffer.from(text).toString("latin1") : text;
}
