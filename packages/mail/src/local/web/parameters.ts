import { HttpError } from "@hawser/web";
import type { MailLocalFailure } from "../failures.ts";
import { isRefusal } from "../failures.ts";
import { mailLocalPageMax, mailLocalWaitMs, mailLocalWaitMsMax } from "../limits.ts";
import type { MailLocalQuery } from "../query.ts";

/** What the query of an address says. */
export interface MailApiQuery extends MailLocalQuery {
  readonly before: number;
  readonly limit: number;
  readonly timeoutMs: number;
}

const texts = ["to", "from", "subject", "search"] as const;
const known: ReadonlySet<string> = new Set([...texts, "since", "after", "before", "isRead", "limit", "timeoutMs"]);

/** Reads `?to=…&since=…`. What nobody knows is refused, so that slips are seen. @throws {HttpError} 400 */
export function readMailQuery(query: URLSearchParams): MailApiQuery {
  for (const name of query.keys())
    if (!known.has(name)) throw new HttpError(400, `There is no parameter ${JSON.stringify(name)}`);
  const since = query.get("since");
  return {
    ...Object.fromEntries(texts.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : []))),
    ...(since !== null && { since: readTime(since) }),
    ...readFlag(query.get("isRead")),
    after: readNumber(query, "after", 0, Number.MAX_SAFE_INTEGER),
    before: readNumber(query, "before", Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    limit: readNumber(query, "limit", 50, mailLocalPageMax),
    timeoutMs: readNumber(query, "timeoutMs", mailLocalWaitMs, mailLocalWaitMsMax),
  };
}

function readTime(text: string): number {
  const time = /^\d{1,16}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(time)) throw new HttpError(400, "since is a time: 2026-01-31T12:00:00Z, or milliseconds since 1970");
  return time;
}

function readFlag(text: string | null): { readonly isRead?: boolean } {
  if (text === null) return {};
  if (text !== "true" && text !== "false") throw new HttpError(400, "isRead is true or false");
  return { isRead: text === "true" };
}

function readNumber(query: URLSearchParams, name: string, otherwise: number, max: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  if (!/^\d{1,16}$/.test(text) || Number(text) > max) throw new HttpError(400, `${name} is a number up to ${max}`);
  return Number(text);
}

/** The id of a message in a path. @throws {HttpError} 404 */
export function readMailId(text: string): number {
  if (!/^[1-9]\d{0,15}$/.test(text)) throw new HttpError(404, "There is no such message");
  return Number(text);
}

/** `{"isRead": true}`. @throws {HttpError} 400 */
export function readMailMarks(body: unknown): boolean {
  const isRead = (body as { readonly isRead?: unknown } | null)?.isRead;
  if (typeof isRead !== "boolean") throw new HttpError(400, 'Say {"isRead": true} or {"isRead": false}');
  return isRead;
}

/** `{}`, or `{"to": ["me@example.org"]}`; `undefined`: to those whom it was for. @throws {HttpError} 400 */
export function readMailRelease(body: unknown): readonly string[] | undefined {
  const to = (body as { readonly to?: unknown } | null)?.to;
  if (to === undefined) return undefined;
  const isList = Array.isArray(to) && to.length > 0 && to.length <= 100 && to.every((one) => typeof one === "string");
  if (!isList) throw new HttpError(400, 'Say {"to": ["me@example.org"]}, or {} for those whom it was for');
  return to as readonly string[];
}

const stages: readonly unknown[] = ["connect", "hello", "message", "recipient", "sender"];

/** A rule of failure as JSON: the fields of {@link MailLocalFailure}. @throws {HttpError} 400 */
export function readMailFailure(body: unknown): MailLocalFailure {
  const given = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const { stage, match, reply, drop, delayMs, times, chance } = given;
  const isRight =
    stages.includes(stage) &&
    (match === undefined || (typeof match === "string" && match.length <= 256)) &&
    (reply === undefined || (typeof reply === "string" && isRefusal(reply))) &&
    (drop === undefined || typeof drop === "boolean") &&
    (delayMs === undefined || isWithin(delayMs, 0, 3_600_000)) &&
    (times === undefined || isWithin(times, 1, 1_000_000)) &&
    (chance === undefined || isWithin(chance, Number.MIN_VALUE, 1)) &&
    (reply !== undefined || drop === true || delayMs !== undefined);
  if (!isRight)
    throw new HttpError(400, 'Say {"stage": "recipient", "match": "*@full.example", "reply": "452 4.2.2 Full"}');
  return { stage, match, reply, drop, delayMs, times, chance } as MailLocalFailure;
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === "number" && value >= min && value <= max;
}
