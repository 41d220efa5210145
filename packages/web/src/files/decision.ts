import { readField } from "../fields/field.ts";
import { evaluatePreconditions, readPreconditions } from "../fields/preconditions.ts";
import { type HttpResolvedRange, rangeField, resolveHttpRange } from "../fields/range.ts";
import type { HttpHeaders } from "../http/headers.ts";
import type { FileRepresentation } from "./representation.ts";

/** What to send of a version: all of it, parts of it, or none. */
export type FileDecision =
  | { readonly type: "whole" }
  | { readonly type: "parts"; readonly ranges: readonly HttpResolvedRange[] }
  | { readonly type: "not-modified" }
  | { readonly type: "failed" }
  | { readonly type: "unsatisfiable" };

/** Answers GET and HEAD as their conditions and their Range want it (RFC 9110 §13.2.2, §14.2). */
export function decide(method: string, headers: HttpHeaders, version: FileRepresentation): FileDecision {
  if (!headers.hasAny(askingFields)) return whole;
  const { outcome, rangeAllowed } = evaluatePreconditions(method, readPreconditions(headers), {
    etag: version.etag,
    lastModified: version.lastModified,
    lastModifiedIsStrong: !version.etag.weak,
  });
  if (outcome !== "proceed") return { type: outcome };
  const range = rangeAllowed ? readField(headers, rangeField) : undefined;
  if (range === undefined) return whole;
  const answer = resolveHttpRange(range, version.stat.octets);
  return answer.type === "partial" ? { type: "parts", ranges: answer.ranges } : answer;
}

/** Most requests have none of these: they are looked for once before anything is read. */
const askingFields = ["if-none-match", "if-modified-since", "range", "if-match", "if-unmodified-since"] as const;

const whole: FileDecision = { type: "whole" };
