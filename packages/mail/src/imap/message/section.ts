import { type MailField, type MimePart, partAt } from "@hawser/mime";
import { commandString, type ImapPiece } from "../wire/format.ts";
import { octetText } from "../wire/octet-text.ts";
import type { ImapScanner } from "../wire/scanner.ts";

/** A part of a message, or of its header: what stands in the brackets of `BODY[]` (RFC 9051 §6.4.5.1). */
export interface ImapSection {
  /** `[1, 2]` is part 1.2; empty is the message. */
  readonly numbers: readonly number[];
  readonly text: "HEADER" | "HEADER.FIELDS" | "HEADER.FIELDS.NOT" | "MIME" | "TEXT" | undefined;
  /** Names of fields, as they were spelled. */
  readonly fields: readonly string[];
}

/** Octets of a message, or some that were put together. */
export type ImapSectionContent =
  | { readonly type: "octets"; readonly octets: Uint8Array }
  | { readonly type: "range"; readonly start: number; readonly end: number };

const numbersMax = 100;

/** Reads a section, up to its closing bracket. */
export function parseSection(scanner: ImapScanner): ImapSection {
  scanner.expect("[");
  const numbers: number[] = [];
  while (/\d/.test(scanner.peek) && numbers.length < numbersMax) {
    const number = scanner.number();
    if (number === 0) throw scanner.fault("parts are counted from 1");
    numbers.push(number);
    if (!scanner.skip(".")) break;
  }
  const text = sectionText(scanner, numbers.length > 0);
  const fields = text?.startsWith("HEADER.FIELDS") === true ? parseFields(scanner) : [];
  scanner.expect("]");
  return { numbers, text, fields };
}

function sectionText(scanner: ImapScanner, isPart: boolean): ImapSection["text"] {
  for (const word of ["HEADER.FIELDS.NOT", "HEADER.FIELDS", "HEADER", "TEXT"] as const)
    if (scanner.skip(word)) return word;
  return isPart && scanner.skip("MIME") ? "MIME" : undefined;
}

function parseFields(scanner: ImapScanner): readonly string[] {
  scanner.space();
  return scanner.list(() => scanner.astring());
}

/** A section as it is spelled, without brackets; names of fields as octets. */
export function formatSection({ numbers, text, fields }: ImapSection): string {
  const names = fields.map((field) => (/^[!-z|}~]+$/.test(field) && !/[(){%*"\\]/.test(field) ? field : `"${field}"`));
  const list = text?.startsWith("HEADER.FIELDS") === true ? ` (${names.join(" ")})` : "";
  return [...numbers, ...(text === undefined ? [] : [text])].join(".") + list;
}

/** A section of a command, from text such as `1.2`, `HEADER`, `HEADER.FIELDS (Subject Date)`. */
export function sectionPieces(section: string): readonly ImapPiece[] {
  const [, before = section, names] = /^(.*?) ?\(([^()]*)\)$/.exec(section) ?? [];
  if (names === undefined) return [octetText(section)];
  const words = names
    .trim()
    .split(/\s+/)
    .map((name) => commandString(octetText(name)));
  return [`${before} (`, ...words.flatMap((word, i) => (i === 0 ? [word] : [" ", word])), ")"];
}

/** Where a section is; `undefined`: the message has no such part. */
export function locateSection(
  message: MimePart,
  { numbers, text, fields }: ImapSection,
): ImapSectionContent | undefined {
  const part = partAt(message, numbers);
  if (part === undefined) return undefined;
  if (text === undefined) return range(numbers.length === 0 ? part.start : part.bodyStart, part.end);
  if (text === "MIME") return range(part.start, part.bodyStart);
  const inner = numbers.length === 0 ? part : enclosed(part);
  if (inner === undefined) return undefined;
  if (text === "HEADER") return range(inner.start, inner.bodyStart);
  if (text === "TEXT") return range(inner.bodyStart, inner.end);
  const names = new Set(fields.map((field) => field.toLowerCase()));
  const isWanted = ({ name }: MailField): boolean => names.has(name.toLowerCase()) === (text === "HEADER.FIELDS");
  const lines = inner.header.fields
    .filter(isWanted)
    .map(({ octets }) => octets)
    .join("");
  const ended = lines === "" || lines.endsWith("\n") ? lines : `${lines}\r\n`;
  return { type: "octets", octets: Buffer.concat([Buffer.from(ended, "latin1"), Buffer.from("\r\n")]) };
}

/** The message in a `message/rfc822`. */
function enclosed(part: MimePart): MimePart | undefined {
  return part.contentType.value.startsWith("message/") ? part.parts[0] : undefined;
}

function range(start: number, end: number): ImapSectionContent {
  return { type: "range", start, end };
}
