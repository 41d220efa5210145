import type { MailField } from "@hawser/mime";
import { SendmailError } from "./errors.ts";

/** A message taken apart. */
export interface SplitMessage {
  readonly fields: readonly MailField[];
  /** Behind the empty line. */
  readonly body: string;
}

/**
 * Parts header and body of text whose lines end with CRLF. A header ends where a line is no field of one, too: so a text without
 * any is all body. Lines that begin with `From ` or `>From ` at its very beginning are a mailbox file's, and are left out.
 * @throws {SendmailError} `data` for a header of more than `headerOctetsMax` octets
 */
export function splitMessage(text: string, headerOctetsMax: number): SplitMessage {
  const fields: MailField[] = [];
  let at = envelopeLines.exec(text)?.[0].length ?? 0;
  while (at < text.length) {
    if (at > headerOctetsMax)
      throw new SendmailError("data", `Cannot take the message: its header has more than ${headerOctetsMax} octets`);
    const name = fieldName.exec(text.slice(at, at + nameOctetsMax))?.[1];
    if (name === undefined) break;
    const end = fieldEnd(text, at);
    fields.push({ name, octets: text.slice(at, end) });
    at = end;
  }
  return { fields, body: text.slice(text.startsWith("\r\n", at) ? at + 2 : at) };
}

/** Where the next line begins that does not go on with the field. */
function fieldEnd(text: string, at: number): number {
  let end = at;
  do end = text.indexOf("\r\n", end) + 2;
  while (text[end] === " " || text[end] === "\t");
  return end;
}

const envelopeLines = /^(?:>?From [^\r\n]*\r\n)+/;
const fieldName = /^([!-9;-~]+)[ \t]*:/;
/** RFC 5322 §2.1.1 gives a whole line 998. */
const nameOctetsMax = 1_000;
