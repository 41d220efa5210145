import { dnsStringOctetsMax } from "../../limits.ts";
import { isLatin1 } from "../../name/octets.ts";
import { quoteDnsText, unescapeDnsText } from "../../presentation/strings.ts";
import type { DnsWords } from "../../presentation/words.ts";
import type { DnsWriter } from "../../wire/writer.ts";
import type { DnsField } from "../record-type.ts";

/** A character-string: up to 255 octets, one character for each (RFC 1035 §3.3). */
export const string: DnsField<string> = {
  decode: (reader) => reader.string(),
  encode: encodeString,
  parse: parseString,
  format: quoteDnsText,
};

/** All character-strings that are left: at least one (RFC 1035 §3.3.14). */
export const strings: DnsField<readonly string[]> = {
  decode(reader) {
    const all = [reader.string()];
    while (reader.left > 0) all.push(reader.string());
    return all;
  },
  encode(value, writer) {
    if (value.length === 0) throw new RangeError("Cannot encode strings: there is none, and one is needed");
    for (const one of value) encodeString(one, writer);
  },
  parse(words) {
    const all = [parseString(words)];
    while (!words.isDone) all.push(parseString(words));
    return all;
  },
  format: (value) => value.map(quoteDnsText).join(" "),
};

/** A character-string that may be left out. */
export const optionalString: DnsField<string | undefined> = {
  decode: (reader) => (reader.left > 0 ? reader.string() : undefined),
  encode: (value, writer) => (value === undefined ? undefined : encodeString(value, writer)),
  parse: (words) => (words.isDone ? undefined : parseString(words)),
  format: (value) => (value === undefined ? "" : quoteDnsText(value)),
};

/** Text up to the end of the data, of any length. */
export const restOfText: DnsField<string> = {
  decode: (reader) => reader.latin1(reader.left),
  encode: (value, writer) => writer.latin1(checkOctets(value, 0xffff)),
  parse: (words) => words.placed(() => unescapeDnsText(words.word())),
  format: quoteDnsText,
};

/** @throws {RangeError} for characters that stand for no octet, and for too many */
export function checkOctets(text: string, max: number): string {
  if (!isLatin1(text))
    throw new RangeError("Cannot encode a string: it holds a character above U+00FF, see dnsStringsOf");
  if (text.length <= max) return text;
  throw new RangeError(`Cannot encode a string of ${text.length} octets: ${max} may be`);
}

function encodeString(value: string, writer: DnsWriter): void {
  writer.uint8(checkOctets(value, dnsStringOctetsMax).length);
  writer.latin1(value);
}

function parseString(words: DnsWords): string {
  const text = words.placed(() => unescapeDnsText(words.word()));
  if (text.length <= dnsStringOctetsMax) return text;
  throw words.error("too-large", `a string has ${text.length} octets, and ${dnsStringOctetsMax} may be`);
}
