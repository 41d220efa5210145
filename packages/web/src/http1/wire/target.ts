import { quote } from "@hawser/core/protocol";

import { octetClass } from "../../http/octets.ts";
import { Http1ProtocolError } from "../errors.ts";

/** What a request is about (RFC 9112 §3.2), as it was written: percent-encoding stays, only the octets are validated. */
export interface HttpTarget {
  /** `origin`: `/path?query`; `absolute`: a whole URI, to proxies; `authority`: `host:port`, CONNECT only; `asterisk`: `*`, OPTIONS only. */
  readonly form: "origin" | "absolute" | "authority" | "asterisk";
  /** The scheme of an absolute target, in lower case; the connection knows it otherwise. */
  readonly scheme: string | undefined;
  /** Host and port that are meant: the target's own where it has them, else Host (§3.2.2). Empty when an HTTP/1.0 client named none. */
  readonly authority: string;
  /** Begins with `/`; `*` in asterisk form; empty in authority form. */
  readonly path: string;
  /** What follows the first `?`; `undefined` without one. */
  readonly query: string | undefined;
}

/** Sorts a request target by its form. `host` is the validated Host value. */
export function parseTarget(method: string, raw: string, host: string): HttpTarget {
  if (method === "CONNECT") return authorityForm(raw);
  if (raw.charCodeAt(0) === 0x2f) return withPath("origin", undefined, host, raw);
  if (raw === "*" && method === "OPTIONS") return asterisk(undefined, host, "asterisk");
  return absoluteForm(method, raw);
}

/** authority-form = uri-host ":" port (RFC 9112 §3.2.3). A port is required: a tunnel has no default. */
function authorityForm(raw: string): HttpTarget {
  if (!isAuthority(raw) || !/:[0-9]+$/.test(raw)) throw badTarget(raw);
  return { form: "authority", scheme: undefined, authority: raw, path: "", query: undefined };
}

/**
 *     absolute-form = absolute-URI      (RFC 9112 §3.2.2)
 *
 * Only URIs with an authority are taken. User information is refused (RFC 9110 §4.2.4), and so is an empty host
 * (RFC 9110 §4.2.1).
 */
function absoluteForm(method: string, raw: string): HttpTarget {
  const [, scheme, authority, rest] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?]*)(.*)$/.exec(raw) ?? [];
  if (scheme === undefined || !authority || rest === undefined || !isAuthority(authority)) throw badTarget(raw);
  if (authority.startsWith(":")) throw badTarget(raw);
  // OPTIONS on a bare authority is about the whole server (RFC 9112 §3.2.4).
  if (rest === "" && method === "OPTIONS") return asterisk(scheme.toLowerCase(), authority, "absolute");
  return withPath("absolute", scheme.toLowerCase(), authority, rest.startsWith("/") ? rest : `/${rest}`);
}

function asterisk(scheme: string | undefined, authority: string, form: HttpTarget["form"]): HttpTarget {
  return { form, scheme, authority, path: "*", query: undefined };
}

function withPath(form: HttpTarget["form"], scheme: string | undefined, authority: string, raw: string): HttpTarget {
  const mark = raw.indexOf("?");
  if (mark === -1) return { form, scheme, authority, path: raw, query: undefined };
  return { form, scheme, authority, path: raw.slice(0, mark), query: raw.slice(mark + 1) };
}

function badTarget(raw: string): Http1ProtocolError {
  return new Http1ProtocolError("bad-target", quote(raw));
}

const regNameOctets = octetClass("-._~!$&'()*+,;=%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

const PERCENT = 0x25;
const DIGIT_ZERO = 0x30;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;

/**
 * Whether `text` may stand in Host: a name, an IPv4 address or a bracketed IPv6 address, and perhaps a port. It may be
 * empty, when the target has no authority.
 *
 *     Host = uri-host [ ":" port ]      (RFC 9110 §7.2, RFC 3986 §3.2.2)
 */
export function isAuthority(text: string): boolean {
  const hostEnd = text.charCodeAt(0) === OPENING_BRACKET ? endOfIpLiteral(text) : endOfRegName(text);
  return hostEnd !== -1 && isPort(text, hostEnd);
}

/** Where the name at the beginning of `text` ends; -1 when it is no name. */
function endOfRegName(text: string): number {
  let at = 0;
  while (at < text.length && regNameOctets[text.charCodeAt(at)] === 1) {
    if (text.charCodeAt(at) === PERCENT && !/^[0-9A-Fa-f]{2}$/.test(text.slice(at + 1, at + 3))) return -1;
    at++;
  }
  return at;
}

/** Whether `text` from `at` on is nothing, or ":" and perhaps a number that a port can have. */
function isPort(text: string, at: number): boolean {
  if (at === text.length) return true;
  if (text.charCodeAt(at) !== COLON) return false;
  let port = 0;
  for (let i = at + 1; i < text.length; i++) {
    const digit = text.charCodeAt(i) - DIGIT_ZERO;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
  }
  return port <= 65_535;
}

function endOfIpLiteral(text: string): number {
  const end = text.indexOf("]") + 1;
  return end > 0 && isIpLiteral(text.slice(0, end)) ? end : -1;
}

/** IP-literal = "[" ( IPv6address / IPvFuture ) "]" (RFC 3986 §3.2.2); IPvFuture names nothing yet and is refused. */
function isIpLiteral(host: string): boolean {
  const [left, right, ...more] = host.slice(1, -1).split("::");
  if (left === undefined || more.length > 0) return false;
  const leftGroups = countGroups(left, right === undefined);
  if (right === undefined) return leftGroups === 8;
  return leftGroups + countGroups(right, true) <= 7;
}

/** How many of the eight 16-bit groups `text` fills; more than eight when it is no such list. */
function countGroups(text: string, last: boolean): number {
  if (text === "") return 0;
  const groups = text.split(":");
  const ipv4 = last && groups.at(-1)!.includes(".") ? groups.pop()! : undefined;
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return 9;
  if (ipv4 === undefined) return groups.length;
  return isIpv4(ipv4) ? groups.length + 2 : 9;
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
}
