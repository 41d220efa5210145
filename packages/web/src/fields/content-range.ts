import type { HttpField } from "./field.ts";
import { formatToken } from "./lexer.ts";
import { formatWholeNumber, parseWholeNumber } from "./whole-number.ts";

/** Which part this is of a representation (`length` absent: nobody knows yet), or, in a 416, only how long it is. */
export type HttpContentRange =
  | {
      readonly type: "part";
      readonly unit: string;
      readonly first: number;
      readonly last: number;
      readonly length?: number | undefined;
    }
  | { readonly type: "unsatisfied"; readonly unit: string; readonly length: number };

/** `Content-Range` (RFC 9110 §14.4). */
export const contentRangeField: HttpField<HttpContentRange> = {
  name: "Content-Range",
  parse: parseContentRange,
  format: formatContentRange,
};

// Content-Range = range-unit SP ( first-pos "-" last-pos "/" ( complete-length / "*" ) / "*/" complete-length )
const CONTENT_RANGE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/;

function parseContentRange(text: string): HttpContentRange | undefined {
  const [, unit, from, to, of] = CONTENT_RANGE.exec(text) ?? [];
  if (unit === undefined || of === undefined) return undefined;
  const length = parseWholeNumber(of);
  if (of !== "*" && length === undefined) return undefined;
  if (from === undefined)
    return length === undefined ? undefined : { type: "unsatisfied", unit: unit.toLowerCase(), length };
  const first = parseWholeNumber(from);
  const last = parseWholeNumber(to!);
  if (first === undefined || last === undefined || last < first || last >= (length ?? Number.POSITIVE_INFINITY))
    return undefined;
  return { type: "part", unit: unit.toLowerCase(), first, last, ...(length !== undefined && { length }) };
}

function formatContentRange(value: HttpContentRange): string {
  const length = value.length === undefined ? "*" : formatWholeNumber(value.length);
  if (value.type === "unsatisfied") return `${formatToken(value.unit)} */${length}`;
  const text = `${formatToken(value.unit)} ${formatWholeNumber(value.first)}-${formatWholeNumber(value.last)}/${length}`;
  if (parseContentRange(text) === undefined) throw new TypeError(`Cannot write the content range ${text}`);
  return text;
}
