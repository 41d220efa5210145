import { type HttpField, httpListField } from "./field.ts";
import { formatToken, HttpFieldLexer } from "./lexer.ts";
import { formatParameters, type HttpParameters, takeParameters } from "./parameters.ts";
import { formatWeight, refuseWeightParameter, splitWeight } from "./weight.ts";

/** A set of media types and how much they are wanted: `text/*;q=0.5` (RFC 9110 §12.5.1). */
export interface HttpMediaRange {
  /** In lower case; `*` for every type. */
  readonly type: string;
  /** In lower case; `*` for every subtype. */
  readonly subtype: string;
  readonly parameters: HttpParameters;
  /** 0 (never) to 1 (most). */
  readonly weight: number;
}

/** `Accept`: the media types a client takes (RFC 9110 §12.5.1). Members that are malformed count as not sent. */
export const acceptField: HttpField<readonly HttpMediaRange[]> = httpListField(
  "Accept",
  "skip",
  parseHttpMediaRange,
  formatHttpMediaRange,
);

/** Reads one media range. */
export function parseHttpMediaRange(text: string): HttpMediaRange | undefined {
  const lexer = new HttpFieldLexer(text);
  const type = lexer.token()?.toLowerCase();
  const subtype = lexer.skip("/") ? lexer.token()?.toLowerCase() : undefined;
  const parameters = takeParameters(lexer);
  const weighed = parameters && splitWeight(parameters);
  if (type === undefined || subtype === undefined || weighed === undefined) return undefined;
  return type === "*" && subtype !== "*" ? undefined : { type, subtype, ...weighed };
}

/**
 * Writes one media range.
 * @throws {TypeError} when a part is no token, or the weight is out of range
 */
export function formatHttpMediaRange(range: HttpMediaRange): string {
  refuseWeightParameter(range.parameters);
  if (range.type === "*" && range.subtype !== "*")
    throw new TypeError("Cannot write a media range: only */* has * as its type");
  const name = `${formatToken(range.type)}/${formatToken(range.subtype)}`;
  return name + formatParameters(range.parameters) + formatWeight(range.weight);
}
