import { type HttpField, httpListField } from "./field.ts";
import { formatToken, isHttpToken } from "./lexer.ts";

/** `Allow`: the methods a resource has. Methods keep their case (RFC 9110 §10.2.1). */
export const allowField: HttpField<readonly string[]> = httpListField("Allow", "skip", parseExactToken, formatToken);

/** `Accept-Ranges`: the range units a resource has, or `none` (RFC 9110 §14.3). */
export const acceptRangesField: HttpField<readonly string[]> = tokenListField("Accept-Ranges");

/** `Connection`: options for this hop alone, and the names of fields that end here (RFC 9110 §7.6.1). */
export const connectionField: HttpField<readonly string[]> = tokenListField("Connection");

/** `Content-Encoding`: the codings applied to the content, in the order they were applied (RFC 9110 §8.4). */
export const contentEncodingField: HttpField<readonly string[]> = tokenListField("Content-Encoding");

/** `Content-Language`: for whom the content is, as language tags (RFC 9110 §8.5). */
export const contentLanguageField: HttpField<readonly string[]> = httpListField(
  "Content-Language",
  "skip",
  parseLanguageTag,
  formatLanguageTag,
);

/** `Trailer`: the fields that will follow the content, in lower case (RFC 9110 §6.6.2). */
export const trailerField: HttpField<readonly string[]> = tokenListField("Trailer");

/** `Vary`: the request fields that chose this response, in lower case; `*` for more than fields (RFC 9110 §12.5.5). */
export const varyField: HttpField<"*" | readonly string[]> = {
  name: "Vary",
  separator: ", ",
  parse: (text) => {
    const names = varyNames.parse(text);
    return names?.includes("*") ? "*" : names;
  },
  format: (value) => (value === "*" ? "*" : varyNames.format(value)),
};

const varyNames = tokenListField("Vary");

// One unreadable member makes these mean something else than was sent: such a field is malformed as a whole.
function tokenListField(name: string): HttpField<readonly string[]> {
  return httpListField(name, "reject", (text) => parseExactToken(text)?.toLowerCase(), formatToken);
}

function parseExactToken(text: string): string | undefined {
  return isHttpToken(text) ? text : undefined;
}

function parseLanguageTag(text: string): string | undefined {
  return /^[A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,8})*$/.test(text) ? text : undefined;
}

function formatLanguageTag(tag: string): string {
  if (parseLanguageTag(tag) === undefined) throw new TypeError(`Cannot write the language ${JSON.stringify(tag)}`);
  return tag;
}
