import { isCookieValue } from "./cookie.ts";
import { parseCookieDate } from "./cookie-date.ts";
import type { HttpField } from "./field.ts";
import { formatHttpDate } from "./http-date.ts";
import { isHttpToken, trimOws } from "./lexer.ts";

/** When a cookie goes along with requests that another site began (RFC 6265bis §5.6.7). */
export type HttpSameSite = "strict" | "lax" | "none";

/** A cookie as a server gives it. */
export interface HttpSetCookie {
  readonly name: string;
  readonly value: string;
  /** Milliseconds since 1970. Without it and `maxAgeSeconds` the cookie ends with the browser's session. */
  readonly expires?: number | undefined;
  /** Wins over `expires`. 0 or less deletes the cookie. */
  readonly maxAgeSeconds?: number | undefined;
  /** Send it to this domain and all below; absent: to this host alone. */
  readonly domain?: string | undefined;
  readonly path?: string | undefined;
  /** Only over TLS. */
  readonly secure?: boolean | undefined;
  /** Out of reach of scripts. */
  readonly httpOnly?: boolean | undefined;
  /** Absent: the browser's default, which is mostly `lax`. */
  readonly sameSite?: HttpSameSite | undefined;
  /** One jar for each site that embeds this one (CHIPS). */
  readonly partitioned?: boolean | undefined;
}

/**
 * `Set-Cookie` (RFC 6265bis). It cannot be joined: read it with `readEachField`. Reading is as lenient as browsers are;
 * a cookie that they must not keep, such as `__Host-` with a domain, reads as `undefined`.
 */
export const setCookieField: HttpField<HttpSetCookie> = {
  name: "Set-Cookie",
  parse: parseSetCookie,
  format: formatSetCookie,
};

/** Reads one `Set-Cookie` line (RFC 6265bis §5.6). */
export function parseSetCookie(text: string): HttpSetCookie | undefined {
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) return undefined;
  const [pair = "", ...attributes] = text.split(";");
  const equals = pair.indexOf("=");
  const name = trimOws(pair.slice(0, Math.max(equals, 0)));
  const value = trimOws(pair.slice(equals + 1));
  if (name.length + value.length > NAME_VALUE_OCTETS_MAX || name + value === "") return undefined;
  const cookie: WritableCookie = { name, value };
  for (const attribute of attributes) readAttribute(cookie, attribute);
  return whyRefused(cookie) === undefined ? cookie : undefined;
}

/**
 * Writes one `Set-Cookie` line.
 * @throws {TypeError} when browsers would refuse the cookie or read another one
 */
export function formatSetCookie(cookie: HttpSetCookie): string {
  const refused = whyUnwritable(cookie) ?? whyRefused(cookie);
  if (refused !== undefined) throw new TypeError(`Cannot set the cookie ${JSON.stringify(cookie.name)}: ${refused}`);
  let text = `${cookie.name}=${cookie.value}`;
  if (cookie.expires !== undefined) text += `; Expires=${formatHttpDate(cookie.expires)}`;
  if (cookie.maxAgeSeconds !== undefined) text += `; Max-Age=${cookie.maxAgeSeconds}`;
  if (cookie.domain !== undefined) text += `; Domain=${cookie.domain}`;
  if (cookie.path !== undefined) text += `; Path=${cookie.path}`;
  if (cookie.secure) text += "; Secure";
  if (cookie.httpOnly) text += "; HttpOnly";
  if (cookie.sameSite !== undefined) text += `; SameSite=${SAME_SITE_WORDS[cookie.sameSite]}`;
  return cookie.partitioned ? `${text}; Partitioned` : text;
}

type WritableCookie = { -readonly [Key in keyof HttpSetCookie]: HttpSetCookie[Key] };

function readAttribute(cookie: WritableCookie, attribute: string): void {
  const equals = attribute.indexOf("=");
  const name = trimOws(equals < 0 ? attribute : attribute.slice(0, equals)).toLowerCase();
  const value = equals < 0 ? "" : trimOws(attribute.slice(equals + 1));
  if (value.length <= ATTRIBUTE_OCTETS_MAX && Object.hasOwn(ATTRIBUTES, name)) ATTRIBUTES[name]!(cookie, value);
}

// The last one of a name counts (RFC 6265bis §5.7); one without a usable value counts as not sent.
const ATTRIBUTES: Readonly<Record<string, (cookie: WritableCookie, value: string) => void>> = {
  expires: (cookie, value) => assign(cookie, "expires", parseCookieDate(value)),
  "max-age": (cookie, value) =>
    assign(cookie, "maxAgeSeconds", /^-?[0-9]+$/.test(value) ? clampSeconds(Number(value)) : undefined),
  domain: (cookie, value) => assign(cookie, "domain", value.replace(/^\./, "").toLowerCase() || undefined),
  path: (cookie, value) => assign(cookie, "path", value.startsWith("/") ? value : undefined),
  secure: (cookie) => assign(cookie, "secure", true),
  httponly: (cookie) => assign(cookie, "httpOnly", true),
  samesite: (cookie, value) => assign(cookie, "sameSite", SAME_SITES.get(value.toLowerCase())),
  partitioned: (cookie) => assign(cookie, "partitioned", true),
};

function assign<Key extends keyof WritableCookie>(
  cookie: WritableCookie,
  key: Key,
  value: WritableCookie[Key] | undefined,
): void {
  if (value !== undefined) cookie[key] = value;
}

function clampSeconds(seconds: number): number {
  return Math.max(-1, Math.min(seconds, 2 ** 31));
}

/** Why a browser must not keep a cookie (RFC 6265bis §5.7). */
function whyRefused(cookie: HttpSetCookie): string | undefined {
  const hostPrefix = /^__host-/i.test(cookie.name || cookie.value);
  const securePrefix = hostPrefix || /^__secure-/i.test(cookie.name || cookie.value);
  if (securePrefix && !cookie.secure) return "its prefix needs Secure";
  if (hostPrefix && (cookie.domain !== undefined || cookie.path !== "/")) return "__Host- needs Path=/ and no Domain";
  if (cookie.sameSite === "none" && !cookie.secure) return "SameSite=None needs Secure";
  if (cookie.partitioned && !cookie.secure) return "Partitioned needs Secure";
  return undefined;
}

/** Why a cookie cannot be written so that it reads back (RFC 6265 §4.1.1). */
function whyUnwritable({ name, value, domain, path, maxAgeSeconds }: HttpSetCookie): string | undefined {
  if (!isHttpToken(name)) return "its name is not a token";
  if (!isCookieValue(value)) return "its value has characters that must be encoded";
  if (name.length + value.length > NAME_VALUE_OCTETS_MAX) return "name and value are longer than 4,096 octets";
  if (domain !== undefined && !/^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/.test(domain))
    return "its domain is not a host name";
  if (path !== undefined && !/^\/[\x20-\x3a\x3c-\x7e]*$/.test(path))
    return "its path does not begin with / or has bad characters";
  if (maxAgeSeconds !== undefined && !Number.isSafeInteger(maxAgeSeconds)) return "its age is not a whole number";
  return undefined;
}

// RFC 6265bis §5.6: larger cookies are ignored whole, larger attributes by themselves.
const NAME_VALUE_OCTETS_MAX = 4096;
const ATTRIBUTE_OCTETS_MAX = 1024;
const SAME_SITE_WORDS = { strict: "Strict", lax: "Lax", none: "None" } as const;
const SAME_SITES = new Map<string, HttpSameSite>([
  ["strict", "strict"],
  ["lax", "lax"],
  ["none", "none"],
]);
