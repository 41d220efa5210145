import type { MailField, MailHeader } from "@hawser/mime";
import type { DkimCanonicalization } from "./words.ts";

/** A field in the form that is signed, with its last CRLF (RFC 6376 §3.4.1, §3.4.2). Lines that end with LF alone end with CRLF. */
export function canonicalField({ octets }: Pick<MailField, "octets">, kind: DkimCanonicalization): string {
  const whole = octets.endsWith("\n") ? octets : `${octets}\n`;
  return kind === "simple" ? whole.replace(/\r?\n/g, "\r\n") : relaxedField(whole);
}

/**
 * The fields that a signature names, in their form, one behind the other: of several with a name the last is taken first, and
 * names without a field stand for nothing (RFC 6376 §5.4.2).
 */
export function canonicalHeader(header: MailHeader, names: readonly string[], kind: DkimCanonicalization): string {
  const fields = fieldsByName(header);
  let text = "";
  for (const name of names) {
    const field = fields.get(name.toLowerCase())?.pop();
    if (field !== undefined) text += canonicalField(field, kind);
  }
  return text;
}

/**
 * The field of the signature itself: without what stands in `b=`, and without its last CRLF (RFC 6376 §3.7).
 */
export function canonicalSignatureField(octets: string, kind: DkimCanonicalization): string {
  const emptied = octets.replace(/((?:^[^:]*:|;)[ \t\r\n]*b[ \t\r\n]*=)[^;]*/, "$1");
  return canonicalField({ octets: emptied }, kind).slice(0, -2);
}

/** Fields under their names in lower case, as they stand. */
function fieldsByName(header: MailHeader): Map<string, MailField[]> {
  const byName = new Map<string, MailField[]>();
  for (const field of header.fields) {
    const name = field.name.toLowerCase();
    const others = byName.get(name);
    if (others === undefined) byName.set(name, [field]);
    else others.push(field);
  }
  return byName;
}

function relaxedField(octets: string): string {
  const colon = octets.indexOf(":");
  const name = octets.slice(0, colon).trim().toLowerCase();
  const body = octets
    .slice(colon + 1)
    .replace(/\r?\n/g, "")
    .replace(/[ \t]+/g, " ");
  const start = body.startsWith(" ") ? 1 : 0;
  return `${name}:${body.slice(start, body.length > start && body.endsWith(" ") ? -1 : undefined)}\r\n`;
}
