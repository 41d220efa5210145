import type { HttpField } from "./field.ts";
import { formatToken, formatWord, HttpFieldLexer, isHttpToken, splitHttpList } from "./lexer.ts";
import { formatWholeNumber, parseDeltaSeconds } from "./whole-number.ts";

/** The directives of a request or a response to the caches between (RFC 9111 §5.2). Absent means not sent. */
export interface HttpCacheControl {
  readonly maxAgeSeconds?: number | undefined;
  readonly sMaxAgeSeconds?: number | undefined;
  readonly minFreshSeconds?: number | undefined;
  /** `true`: any staleness will do. */
  readonly maxStaleSeconds?: number | true | undefined;
  /** RFC 5861 §3. */
  readonly staleWhileRevalidateSeconds?: number | undefined;
  /** RFC 5861 §4. */
  readonly staleIfErrorSeconds?: number | undefined;
  /** `true`, or only for these fields. */
  readonly noCache?: true | readonly string[] | undefined;
  /** `true`, or only for these fields. */
  readonly private?: true | readonly string[] | undefined;
  readonly noStore?: true | undefined;
  readonly noTransform?: true | undefined;
  readonly onlyIfCached?: true | undefined;
  readonly mustRevalidate?: true | undefined;
  readonly mustUnderstand?: true | undefined;
  readonly proxyRevalidate?: true | undefined;
  readonly public?: true | undefined;
  /** RFC 8246. */
  readonly immutable?: true | undefined;
  /** Directives that are not listed here, by lower-case name. `true` for those without a value. */
  readonly extensions?: ReadonlyMap<string, string | true> | undefined;
}

/**
 * `Cache-Control` (RFC 9111 §5.2). Of two equal directives the first counts. A malformed number reads as 0 seconds,
 * because §4.2.1 wants invalid freshness to be stale.
 */
export const cacheControlField: HttpField<HttpCacheControl> = {
  name: "Cache-Control",
  separator: ", ",
  parse: parseCacheControl,
  format: formatCacheControl,
};

type Known = Exclude<keyof HttpCacheControl, "extensions">;
type Kind = "flag" | "seconds" | "flag or seconds" | "flag or fields";

const DIRECTIVES: Readonly<Record<string, readonly [Known, Kind]>> = {
  "max-age": ["maxAgeSeconds", "seconds"],
  "s-maxage": ["sMaxAgeSeconds", "seconds"],
  "min-fresh": ["minFreshSeconds", "seconds"],
  "max-stale": ["maxStaleSeconds", "flag or seconds"],
  "stale-while-revalidate": ["staleWhileRevalidateSeconds", "seconds"],
  "stale-if-error": ["staleIfErrorSeconds", "seconds"],
  "no-cache": ["noCache", "flag or fields"],
  private: ["private", "flag or fields"],
  "no-store": ["noStore", "flag"],
  "no-transform": ["noTransform", "flag"],
  "only-if-cached": ["onlyIfCached", "flag"],
  "must-revalidate": ["mustRevalidate", "flag"],
  "must-understand": ["mustUnderstand", "flag"],
  "proxy-revalidate": ["proxyRevalidate", "flag"],
  public: ["public", "flag"],
  immutable: ["immutable", "flag"],
};

function parseCacheControl(text: string): HttpCacheControl | undefined {
  const members = splitHttpList(text);
  if (members === undefined) return undefined;
  const known: Partial<Record<Known, number | true | readonly string[]>> = {};
  const extensions = new Map<string, string | true>();
  for (const member of members) {
    const [name, argument] = parseDirective(member) ?? [];
    if (name === undefined || argument === undefined) continue;
    const [key, kind] = Object.hasOwn(DIRECTIVES, name) ? DIRECTIVES[name]! : [];
    if (key !== undefined && kind !== undefined) known[key] ??= parseArgument(kind, argument);
    else if (!extensions.has(name)) extensions.set(name, argument);
  }
  return { ...(known as HttpCacheControl), ...(extensions.size > 0 && { extensions }) };
}

function parseDirective(member: string): [name: string, argument: string | true] | undefined {
  const lexer = new HttpFieldLexer(member);
  const name = lexer.token()?.toLowerCase();
  const argument = lexer.skip("=") ? lexer.word() : true;
  return name === undefined || argument === undefined || !lexer.done ? undefined : [name, argument];
}

function parseArgument(kind: Kind, argument: string | true): number | true | readonly string[] {
  if (kind === "flag" || (argument === true && kind !== "seconds")) return true;
  if (kind !== "flag or fields") return argument === true ? 0 : (parseDeltaSeconds(argument) ?? 0);
  const names = (splitHttpList(String(argument)) ?? []).map((name) => name.toLowerCase());
  return names.length > 0 && names.every(isHttpToken) ? names : true; // unreadable names: the stricter meaning
}

function formatCacheControl(value: HttpCacheControl): string {
  const members: string[] = [];
  for (const [name, [key]] of Object.entries(DIRECTIVES)) {
    const argument = value[key];
    if (argument !== undefined) members.push(formatDirective(name, argument));
  }
  for (const [name, argument] of value.extensions ?? []) {
    if (Object.hasOwn(DIRECTIVES, name.toLowerCase()))
      throw new TypeError(`Cannot write ${name} as an extension: it has a field of its own`);
    members.push(formatToken(name) + (argument === true ? "" : `=${formatWord(argument)}`));
  }
  return members.join(", ");
}

function formatDirective(name: string, argument: number | true | readonly string[]): string {
  if (argument === true) return name;
  if (typeof argument === "number") return `${name}=${formatWholeNumber(argument)}`;
  if (argument.length === 0) throw new TypeError(`Cannot write ${name}: its list of fields is empty`);
  return `${name}="${argument.map(formatToken).join(", ")}"`;
}
