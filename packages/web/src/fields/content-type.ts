import type { HttpField } from "./field.ts";
import { formatToken, HttpFieldLexer } from "./lexer.ts";
import { formatParameters, type HttpParameters, takeParameters } from "./parameters.ts";

/** A media type with its parameters (RFC 9110 §8.3.1). */
export interface HttpMediaType {
  /** In lower case: `text`. */
  readonly type: string;
  /** In lower case: `html`. */
  readonly subtype: string;
  /** By lower-case name; values keep their case. */
  readonly parameters: HttpParameters;
}

/** `Content-Type` (RFC 9110 §8.3). Several lines are malformed: nobody can say which one a peer would believe. */
export const contentTypeField: HttpField<HttpMediaType> = {
  name: "Content-Type",
  parse: parseHttpMediaType,
  format: formatHttpMediaType,
};

/** Reads `text/html; charset=utf-8`. */
export function parseHttpMediaType(text: string): HttpMediaType | undefined {
  const lexer = new HttpFieldLexer(text);
  const type = lexer.token()?.toLowerCase();
  const subtype = lexer.skip("/") ? lexer.token()?.toLowerCase() : undefined;
  const parameters = takeParameters(lexer);
  if (type === undefined || subtype === undefined || parameters === undefined) return undefined;
  return { type, subtype, parameters };
}

/**
 * Writes a media type.
 * @throws {TypeError} when a part is no token or a parameter cannot be quoted
 */
export function formatHttpMediaType(value: HttpMediaType): string {
  return `${formatToken(value.type)}/${formatToken(value.subtype)}${formatParameters(value.parameters)}`;
}
