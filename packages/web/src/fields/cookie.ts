import type { HttpField } from "./field.ts";
import { isHttpToken, trimOws } from "./lexer.ts";

/** Cookies by name. A value is what was sent, quotes and percent signs included. */
export type HttpCookies = ReadonlyMap<string, string>;

/** Bounds on the cookies of one request. What is beyond them is not read. */
export interface HttpCookieLimits {
  /** Default 180, as many as Chromium keeps for one site; RFC 6265 §6.1 wants at least 50. */
  readonly cookiesMax?: number | undefined;
  /** Name and value of one cookie. Default 4,096, as RFC 6265 §6.1 wants. */
  readonly cookieOctetsMax?: number | undefined;
}

/** `Cookie` (RFC 6265 §4.2). Several lines, which HTTP/2 allows, are joined by semicolons (RFC 9113 §8.2.3). */
export const cookieField: HttpField<HttpCookies> = {
  name: "Cookie",
  separator: "; ",
  parse: (text) => parseCookies(text),
  format: formatCookies,
};

/**
 * Reads the cookies of a request. Of two with one name the first counts: it has the longer path (RFC 6265 §5.4), and
 * one planted from a neighbouring host comes later. Malformed ones are skipped.
 */
export function parseCookies(text: string, limits: HttpCookieLimits = {}): Map<string, string> {
  const { cookiesMax = 180, cookieOctetsMax = 4096 } = limits;
  const cookies = new Map<string, string>();
  for (let start = 0; start < text.length && cookies.size < cookiesMax; ) {
    const semicolon = text.indexOf(";", start);
    const end = semicolon < 0 ? text.length : semicolon;
    const [name, value] = end - start <= cookieOctetsMax + 2 ? parsePair(text.slice(start, end)) : [];
    if (name !== undefined && value !== undefined && !cookies.has(name)) cookies.set(name, value);
    start = end + 1;
  }
  return cookies;
}

/**
 * Says whether a text can be the value of a cookie: printable ASCII without quotes (but around it), commas, semicolons
 * and backslashes (RFC 6265 §4.1.1). Encode anything else, with `encodeURIComponent` for example.
 */
export function isCookieValue(text: string): boolean {
  return /^(?:[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*|"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")$/.test(text);
}

function parsePair(pair: string): [name: string, value: string] | [] {
  const equals = pair.indexOf("=");
  const name = trimOws(pair.slice(0, Math.max(equals, 0)));
  const value = trimOws(pair.slice(equals + 1));
  return isHttpToken(name) && !/[\x00-\x1f\x7f]/.test(value) ? [name, value] : [];
}

function formatCookies(cookies: HttpCookies): string {
  return [...cookies]
    .map(([name, value]) => {
      if (!isHttpToken(name) || !isCookieValue(value))
        throw new TypeError(`Cannot write the cookie ${JSON.stringify(name)}`);
      return `${name}=${value}`;
    })
    .join("; ");
}
