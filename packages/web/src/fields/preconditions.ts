import {
  type HttpEntityTag,
  type HttpEntityTagCondition,
  ifMatchField,
  ifNoneMatchField,
  strongEntityTagMatch,
  weakEntityTagMatch,
} from "./entity-tag.ts";
import { type HttpFieldSource, readField } from "./field.ts";
import { ifModifiedSinceField, ifUnmodifiedSinceField } from "./http-date.ts";
import { type HttpIfRange, ifRangeField } from "./if-range.ts";

/** The conditions of a request (RFC 9110 §13.1). Dates are milliseconds since 1970. */
export interface HttpPreconditions {
  readonly ifMatch?: HttpEntityTagCondition | undefined;
  readonly ifNoneMatch?: HttpEntityTagCondition | undefined;
  readonly ifModifiedSince?: number | undefined;
  readonly ifUnmodifiedSince?: number | undefined;
  readonly ifRange?: HttpIfRange | undefined;
  /** A list of tags was sent that cannot be read. Nothing may be changed on such a request. */
  readonly malformed?: boolean | undefined;
}

/** The version that the server has now. */
export interface HttpCurrentVersion {
  readonly etag?: HttpEntityTag | undefined;
  /** Milliseconds since 1970; parts of a second do not count. */
  readonly lastModified?: number | undefined;
  /** The date alone tells versions apart: it cannot change twice in one second (RFC 9110 §8.8.2.2). Default false. */
  readonly lastModifiedIsStrong?: boolean | undefined;
}

/** What to do: go on, answer 304, or answer 412; and whether the `Range` of the request may be heeded. */
export interface HttpPreconditionResult {
  readonly outcome: "proceed" | "not-modified" | "failed";
  readonly rangeAllowed: boolean;
}

/** Reads the conditions of a request. Dates that are malformed count as not sent (RFC 9110 §13.1.3). */
export function readPreconditions(source: HttpFieldSource): HttpPreconditions {
  const ifMatch = readField(source, ifMatchField);
  const ifNoneMatch = readField(source, ifNoneMatchField);
  const sent = (name: string) => source.getAll(name).length > 0;
  const badMatch = ifMatch === undefined && sent("If-Match");
  const badNoneMatch = ifNoneMatch === undefined && sent("If-None-Match");
  return {
    ifMatch,
    // Unreadable tags match no version, and still stand before If-Modified-Since (§13.1.3).
    ifNoneMatch: badNoneMatch ? [] : ifNoneMatch,
    ifModifiedSince: readField(source, ifModifiedSinceField),
    ifUnmodifiedSince: readField(source, ifUnmodifiedSinceField),
    // An unreadable version is not ours either: the whole is sent.
    ifRange: readField(source, ifRangeField) ?? (sent("If-Range") ? NO_VERSION : undefined),
    malformed: badMatch || badNoneMatch,
  };
}

/**
 * Evaluates the conditions in the order of RFC 9110 §13.2.2. Call it when the request would otherwise succeed (§13.2.1).
 * `current` is `undefined` when there is no representation yet.
 */
export function evaluatePreconditions(
  method: string,
  conditions: HttpPreconditions,
  current: HttpCurrentVersion | undefined,
): HttpPreconditionResult {
  const reading = method === "GET" || method === "HEAD";
  if (conditions.malformed && !reading) return FAILED;
  if (!mayChange(conditions, current)) return FAILED;
  if (!isNew(conditions, current, reading)) return reading ? NOT_MODIFIED : FAILED;
  return { outcome: "proceed", rangeAllowed: method === "GET" && isSameVersion(conditions.ifRange, current) };
}

/** Steps 1 and 2: the client acts on the version it knows. */
function mayChange(
  { ifMatch, ifUnmodifiedSince }: HttpPreconditions,
  current: HttpCurrentVersion | undefined,
): boolean {
  if (ifMatch !== undefined) return matches(ifMatch, current, strongEntityTagMatch);
  if (ifUnmodifiedSince === undefined || current?.lastModified === undefined) return true;
  return wholeSeconds(current.lastModified) <= ifUnmodifiedSince;
}

/** Steps 3 and 4: the client does not have this version yet. */
function isNew(conditions: HttpPreconditions, current: HttpCurrentVersion | undefined, reading: boolean): boolean {
  const { ifNoneMatch, ifModifiedSince } = conditions;
  if (ifNoneMatch !== undefined) return !matches(ifNoneMatch, current, weakEntityTagMatch);
  if (!reading || ifModifiedSince === undefined || current?.lastModified === undefined) return true;
  return wholeSeconds(current.lastModified) > ifModifiedSince;
}

/** Step 5: the part that the client has is of this version. */
function isSameVersion(ifRange: HttpIfRange | undefined, current: HttpCurrentVersion | undefined): boolean {
  if (ifRange === undefined) return true;
  if (ifRange.type === "tag") return current?.etag !== undefined && strongEntityTagMatch(ifRange.tag, current.etag);
  return current?.lastModifiedIsStrong === true && wholeSeconds(current.lastModified ?? Number.NaN) === ifRange.date;
}

function matches(
  condition: HttpEntityTagCondition,
  current: HttpCurrentVersion | undefined,
  compare: (a: HttpEntityTag, b: HttpEntityTag) => boolean,
): boolean {
  if (condition === "*") return current !== undefined;
  const etag = current?.etag;
  return etag !== undefined && condition.some((tag) => compare(tag, etag));
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

const NO_VERSION: HttpIfRange = { type: "date", date: Number.NaN };
const FAILED: HttpPreconditionResult = { outcome: "failed", rangeAllowed: false };
const NOT_MODIFIED: HttpPreconditionResult = { outcome: "not-modified", rangeAllowed: false };
