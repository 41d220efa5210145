import type { HttpField } from "./field.ts";
import { HttpFieldLexer, httpFieldMembersMax } from "./lexer.ts";

/** The name of one version of a representation (RFC 9110 §8.8.3). */
export interface HttpEntityTag {
  /** Equal in meaning, perhaps not in octets. */
  readonly weak: boolean;
  /** What stands between the quotes; it has no escapes. */
  readonly opaque: string;
}

/** `*` for any version, or a list of versions. */
export type HttpEntityTagCondition = "*" | readonly HttpEntityTag[];

/** `ETag` (RFC 9110 §8.8.3). */
export const etagField: HttpField<HttpEntityTag> = { name: "ETag", parse: parseEntityTag, format: formatEntityTag };
/** `If-Match`: act only on one of these versions (RFC 9110 §13.1.1). */
export const ifMatchField: HttpField<HttpEntityTagCondition> = conditionField("If-Match");
/** `If-None-Match`: act only on none of these versions (RFC 9110 §13.1.2). */
export const ifNoneMatchField: HttpField<HttpEntityTagCondition> = conditionField("If-None-Match");

/** Reads `"xyzzy"` or `W/"xyzzy"`. */
export function parseEntityTag(text: string): HttpEntityTag | undefined {
  const lexer = new HttpFieldLexer(text);
  const tag = takeEntityTag(lexer);
  return lexer.done ? tag : undefined;
}

/**
 * Writes an entity tag.
 * @throws {TypeError} when it contains a quote, a space or a control character
 */
export function formatEntityTag(tag: HttpEntityTag): string {
  const text = `${tag.weak ? "W/" : ""}"${tag.opaque}"`;
  if (parseEntityTag(text) === undefined)
    throw new TypeError(`Cannot write the entity tag ${JSON.stringify(tag.opaque)}`);
  return text;
}

/** Strong comparison: the same octets (RFC 9110 §8.8.3.2). */
export function strongEntityTagMatch(a: HttpEntityTag, b: HttpEntityTag): boolean {
  return !a.weak && !b.weak && a.opaque === b.opaque;
}

/** Weak comparison: the same meaning (RFC 9110 §8.8.3.2). */
export function weakEntityTagMatch(a: HttpEntityTag, b: HttpEntityTag): boolean {
  return a.opaque === b.opaque;
}

function conditionField(name: string): HttpField<HttpEntityTagCondition> {
  return {
    name,
    separator: ", ",
    parse: (text) => (text === "*" ? "*" : parseEntityTags(text)),
    format: (value) => (value === "*" ? "*" : value.map(formatEntityTag).join(", ")),
  };
}

// A tag may contain commas and backslashes, so the common splitting of lists does not fit.
function parseEntityTags(text: string): HttpEntityTag[] | undefined {
  const lexer = new HttpFieldLexer(text);
  const tags: HttpEntityTag[] = [];
  while (lexer.take(COMMAS) !== undefined && !lexer.done) {
    const tag = takeEntityTag(lexer);
    if (tag === undefined || lexer.take(MEMBER_END) === undefined || tags.push(tag) > httpFieldMembersMax)
      return undefined;
  }
  return tags;
}

function takeEntityTag(lexer: HttpFieldLexer): HttpEntityTag | undefined {
  const weak = lexer.take(WEAK) !== undefined;
  const quoted = lexer.take(OPAQUE_TAG);
  return quoted === undefined ? undefined : { weak, opaque: quoted.slice(1, -1) };
}

const WEAK = /W\//y;
const OPAQUE_TAG = /"[\x21\x23-\x7e\x80-\xff]*"/y;
const COMMAS = /[ \t,]*/y;
const MEMBER_END = /[ \t]*(?=,|$)/y;
