import type { HttpField } from "./field.ts";
import { formatToken, splitHttpList } from "./lexer.ts";
import { formatWholeNumber, parseWholeNumber } from "./whole-number.ts";

/** One wanted part: from an offset on (to the end, or to the octet `last`), or the last so many octets. */
export type HttpByteRange =
  | { readonly first: number; readonly last?: number | undefined }
  | { readonly suffixLength: number };

/**
 * The parts a client wants (RFC 9110 §14.1). Units other than `bytes` read as malformed, so that they are ignored
 * (§14.2).
 */
export interface HttpRange {
  readonly unit: "bytes";
  readonly ranges: readonly HttpByteRange[];
}

/** `Range` (RFC 9110 §14.2). */
export const rangeField: HttpField<HttpRange> = { name: "Range", parse: parseRange, format: formatRange };

/** A part of a representation: the offsets of its first and last octet. */
export interface HttpResolvedRange {
  readonly first: number;
  readonly last: number;
}

/** What to answer to a range request: the whole (200), some parts (206), or that there are none such (416). */
export type HttpRangeAnswer =
  | { readonly type: "whole" }
  | { readonly type: "partial"; readonly ranges: readonly [HttpResolvedRange, ...HttpResolvedRange[]] }
  | { readonly type: "unsatisfiable" };

/** Bounds on what one request may ask for. A request beyond them is answered with the whole (RFC 9110 §14.2). */
export interface HttpRangeLimits {
  /** Parts in one answer. Default 16; real clients ask for one, readers of PDF for a handful. */
  readonly rangesMax?: number | undefined;
  /** Parts that overlap another one. Default 2, where RFC 9110 §14.2 begins to suspect an attack (CVE-2011-3192). */
  readonly overlapsMax?: number | undefined;
}

/** Fits the wanted parts to a representation of `length` octets, in the order they were asked for. */
export function resolveHttpRange(range: HttpRange, length: number, limits: HttpRangeLimits = {}): HttpRangeAnswer {
  const { rangesMax = 16, overlapsMax = 2 } = limits;
  const [head, ...rest] = range.ranges.flatMap((one) => resolveOne(one, length) ?? []);
  if (range.ranges.length > rangesMax) return { type: "whole" };
  if (head === undefined) return { type: "unsatisfiable" };
  const ranges = [head, ...rest] as const;
  const octets = ranges.reduce((sum, one) => sum + one.last - one.first + 1, 0);
  const abusive = countOverlaps(ranges) > overlapsMax || (ranges.length > 1 && octets > length);
  return abusive ? { type: "whole" } : { type: "partial", ranges: [...ranges] };
}

function resolveOne(range: HttpByteRange, length: number): HttpResolvedRange | undefined {
  const first = "suffixLength" in range ? Math.max(0, length - range.suffixLength) : range.first;
  const last = "suffixLength" in range ? length - 1 : Math.min(range.last ?? length - 1, length - 1);
  return first < length && first <= last ? { first, last } : undefined;
}

/** How many ranges begin before one that stands earlier in the content has ended. */
function countOverlaps(ranges: readonly HttpResolvedRange[]): number {
  let overlaps = 0;
  let covered = -1;
  for (const { first, last } of [...ranges].sort((a, b) => a.first - b.first)) {
    if (first <= covered) overlaps++;
    covered = Math.max(covered, last);
  }
  return overlaps;
}

// ranges-specifier = range-unit "=" 1#( int-range / suffix-range )
function parseRange(text: string): HttpRange | undefined {
  const [, specifiers] = /^bytes=(.*)$/i.exec(text) ?? [];
  const members = specifiers === undefined ? undefined : splitHttpList(specifiers);
  const ranges = members?.map(parseByteRange);
  if (ranges === undefined || ranges.length === 0 || ranges.includes(undefined)) return undefined;
  return { unit: "bytes", ranges: ranges as HttpByteRange[] };
}

function parseByteRange(text: string): HttpByteRange | undefined {
  const [, from, to] = /^([0-9]*)-([0-9]*)$/.exec(text) ?? [];
  const first = parseWholeNumber(from ?? "");
  const last = parseWholeNumber(to ?? "");
  if ((from && first === undefined) || (to && last === undefined)) return undefined;
  if (first === undefined) return last === undefined ? undefined : { suffixLength: last };
  if (last === undefined) return { first };
  return first <= last ? { first, last } : undefined;
}

function formatRange(range: HttpRange): string {
  if (range.ranges.length === 0) throw new TypeError("Cannot write a range without parts");
  return `${formatToken(range.unit)}=${range.ranges.map(formatByteRange).join(", ")}`;
}

function formatByteRange(range: HttpByteRange): string {
  if ("suffixLength" in range) return `-${formatWholeNumber(range.suffixLength)}`;
  if (range.last !== undefined && range.last < range.first)
    throw new TypeError("Cannot write a range that ends before it begins");
  return `${formatWholeNumber(range.first)}-${range.last === undefined ? "" : formatWholeNumber(range.last)}`;
}
