import { mimeFieldsMax } from "../limits.ts";
import { decodeEncodedWords } from "./encoded-words.ts";
import { formatField } from "./format-field.ts";
import { meaningOf, octetsOfText, octetTextOf } from "./octet-text.ts";

/** A field of a header as it stands in a message (RFC 5322 §2.2). */
export interface MailField {
  /** As it is spelled; empty where a line has no colon and so names nothing. */
  readonly name: string;
  /** All its octets, one character each: name, colon, folds and the end of its last line. */
  readonly octets: string;
}

/**
 * The header of a message or a part, octet for octet: what signatures are made over (RFC 6376 §3.4), what IMAP gives out,
 * and what is asked for by name. Immutable.
 *
 * ```ts
 * const header = MailHeader.parse("Subject: =?UTF-8?Q?Caf=C3=A9?=\r\nTo: a@example.org\r\n\r\n");
 * console.log(header.text("subject")); // "Café"
 * ```
 */
export class MailHeader {
  readonly fields: readonly MailField[];

  constructor(fields: readonly MailField[] = []) {
    this.fields = fields;
  }

  /** Reads a header, up to an empty line or its end. Lines may end with LF alone. Nothing is refused. */
  static parse(source: Uint8Array | string): MailHeader {
    const text = typeof source === "string" ? Buffer.from(source).toString("latin1") : octetTextOf(source);
    return new MailHeader(fieldsOf(text));
  }

  /** What the first field of this name says, unfolded, with encoded words as they stand; `undefined` where there is none. */
  get(name: string): string | undefined {
    const field = this.fields.find(isNamed(name));
    return field && fieldBody(field);
  }

  /** What every field of this name says, from the first to the last. */
  all(name: string): readonly string[] {
    return this.fields.filter(isNamed(name)).map(fieldBody);
  }

  /** What the first field of this name says to people: encoded words are decoded. For fields that are text, such as `Subject`. */
  text(name: string): string | undefined {
    const body = this.get(name);
    return body && decodeEncodedWords(body);
  }

  has(name: string): boolean {
    return this.fields.some(isNamed(name));
  }

  /** With one field more, at the top, where trace fields go (RFC 5321 §4.4). @throws {MimeError} as {@link formatField} */
  prepended(name: string, body: string): MailHeader {
    return new MailHeader([fieldOf(formatField(name, body)), ...this.fields]);
  }

  /** With one field more, at the end. @throws {MimeError} as {@link formatField} */
  appended(name: string, body: string): MailHeader {
    return new MailHeader([...this.fields, fieldOf(formatField(name, body))]);
  }

  /** Without the fields of these names. */
  without(...names: readonly string[]): MailHeader {
    const gone = new Set(names.map((name) => name.toLowerCase()));
    return new MailHeader(this.fields.filter(({ name }) => !gone.has(name.toLowerCase())));
  }

  /** The octets of all fields, without the empty line behind them. */
  toOctets(): Uint8Array {
    return octetsOfText(this.fields.map(({ octets }) => octets).join(""));
  }
}

/** What a field says behind its colon, unfolded (RFC 5322 §2.2.3), without space around it. */
export function fieldBody({ name, octets }: MailField): string {
  const body = name === "" ? octets : octets.slice(octets.indexOf(":") + 1);
  return meaningOf(body.replace(/\r?\n/g, "")).trim();
}

function fieldsOf(text: string): readonly MailField[] {
  const fields: MailField[] = [];
  let start = 0;
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf("\n", at) + 1 || text.length;
    if (text[at] === "\n" || (text[at] === "\r" && text[at + 1] === "\n")) return endedBy(at);
    const goesOn = at > 0 && (text[at] === " " || text[at] === "\t");
    if (!goesOn && at > start && fields.length < mimeFieldsMax - 1) {
      fields.push(fieldOf(text.slice(start, at)));
      start = at;
    }
    at = next;
  }
  return endedBy(text.length);

  function endedBy(end: number): readonly MailField[] {
    if (end > start) fields.push(fieldOf(text.slice(start, end)));
    return fields;
  }
}

/** A name is of printable US-ASCII; space before the colon is forgiven (RFC 5322 §4.5.8). */
const fieldName = /^([!-9;-~]+)[ \t]*:/;

function fieldOf(octets: string): MailField {
  return { name: fieldName.exec(octets)?.[1] ?? "", octets };
}

function isNamed(name: string): (field: MailField) => boolean {
  const lower = name.toLowerCase();
  return (field) => field.name.toLowerCase() === lower;
}
