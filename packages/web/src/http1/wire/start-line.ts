import { quote } from "@hawser/core/protocol";

import { httpTextOctets, httpTokenOctets, octetClass } from "../../http/octets.ts";
import { Http1ProtocolError } from "../errors.ts";

/** The versions that are told apart. HTTP/1.2 and above mean 1.1 to us (RFC 9110 §2.5). */
export type Http1Version = "1.0" | "1.1";

/** The parts of a request line, as they came (RFC 9112 §3). */
export interface RequestLine {
  readonly method: string;
  readonly rawTarget: string;
  readonly version: Http1Version;
}

/** The parts of a status line, as they came (RFC 9112 §4). */
export interface StatusLine {
  readonly version: Http1Version;
  readonly status: number;
  readonly reason: string;
}

/**
 * What may stand in a request target: visible ASCII without `"`, `#`, `<` and `>`. RFC 3986 allows less, but browsers
 * send `|`, `^`, `{`, `}`, `\` and the grave accent in queries as they are (URL Standard, query percent-encode set).
 */
export const targetOctets: Uint8Array = octetClass("").map((_, octet) => (octet > 0x20 && octet < 0x7f ? 1 : 0));
for (const refused of '"#<>') targetOctets[refused.charCodeAt(0)] = 0;

const SP = 0x20;

/**
 * Reads the request line in `text` up to `end`, one SP between its parts as the grammar says.
 *
 *     request-line = method SP request-target SP HTTP-version      (RFC 9112 §3)
 */
export function parseRequestLine(text: string, end: number, targetOctetsMax: number): RequestLine {
  const methodEnd = skip(text, 0, end, httpTokenOctets);
  if (methodEnd === 0 || text.charCodeAt(methodEnd) !== SP) throw badRequestLine(text, end);
  const targetStart = methodEnd + 1;
  const targetEnd = skip(text, targetStart, end, targetOctets);
  if (targetEnd - targetStart > targetOctetsMax) throw new Http1ProtocolError("target-too-long");
  if (targetEnd === targetStart || targetEnd === end) throw badRequestLine(text, end);
  if (text.charCodeAt(targetEnd) !== SP) throw new Http1ProtocolError("bad-target");
  return {
    method: text.slice(0, methodEnd),
    rawTarget: text.slice(targetStart, targetEnd),
    version: parseVersion(text, targetEnd + 1, end) ?? fail(badRequestLine(text, end)),
  };
}

/**
 * Reads the status line in `text` up to `end`. The reason may be empty, and the SP before it missing (old servers).
 *
 *     status-line = HTTP-version SP status-code SP [ reason-phrase ]      (RFC 9112 §4)
 */
export function parseStatusLine(text: string, end: number): StatusLine {
  const version = parseVersion(text, 0, Math.min(end, 8));
  const status = Number(text.slice(9, 12));
  const wellFormed = text.charCodeAt(8) === SP && /^[1-5][0-9][0-9]$/.test(text.slice(9, Math.min(end, 12)));
  const reasonStart = end > 12 && text.charCodeAt(12) === SP ? 13 : 12;
  if (version === undefined || !wellFormed || (reasonStart === 12 && end > 12)) {
    throw new Http1ProtocolError("bad-status-line", quote(text.slice(0, end)));
  }
  if (skip(text, reasonStart, end, httpTextOctets) !== end) throw new Http1ProtocolError("bad-status-line");
  return { version, status, reason: text.slice(reasonStart, end) };
}

/**
 * The version between `start` and `end`; `undefined` when it is not one.
 *
 *     HTTP-version = "HTTP" "/" DIGIT "." DIGIT      (RFC 9112 §2.3)
 */
function parseVersion(text: string, start: number, end: number): Http1Version | undefined {
  if (end - start !== 8) return undefined;
  if (text.startsWith("HTTP/1.", start)) {
    const minor = text.charCodeAt(start + 7) - 0x30;
    if (minor === 1) return "1.1";
    return minor === 0 ? "1.0" : minor > 1 && minor <= 9 ? "1.1" : undefined;
  }
  if (!/^HTTP\/[0-9]\.[0-9]$/.test(text.slice(start, end))) return undefined;
  throw new Http1ProtocolError("unsupported-version", text.slice(start, end));
}

function skip(text: string, from: number, end: number, octets: Uint8Array): number {
  let at = from;
  while (at < end && octets[text.charCodeAt(at)] === 1) at++;
  return at;
}

function badRequestLine(text: string, end: number): Http1ProtocolError {
  return new Http1ProtocolError("bad-request-line", quote(text.slice(0, end)));
}

function fail(error: Error): never {
  throw error;
}
