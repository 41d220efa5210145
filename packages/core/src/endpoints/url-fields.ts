import { EndpointError } from "./error.ts";
import type { EndpointField } from "./fields.ts";

/**
 * Takes the URL spelling apart into the same fields (RFC 3986 §3): host, port and path are fields without a name,
 * `?name=value&…` are those with one. `start` is where the authority begins, after `://`.
 */
export function readUrlFields(text: string, start: number): EndpointField[] {
  const [, authority, path, query] = /^([^/?]*)([^?]*)(?:\?(.*))?$/s.exec(text.slice(start))!;
  const pathStart = start + authority!.length;
  const fields = authorityFields(text, start, authority!);
  if (path !== "" && path !== "/") fields.push(decoded(text, undefined, pathStart, pathStart, path!));
  if (query !== undefined) fields.push(...queryFields(text, pathStart + path!.length + 1, query));
  return fields;
}

/** authority = [ host ] [ ":" port ], with an IPv6 host in brackets (RFC 3986 §3.2). */
function authorityFields(text: string, start: number, authority: string): EndpointField[] {
  const [, host, port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority) ?? [undefined, authority, undefined];
  const fields = host === "" ? [] : [decoded(text, undefined, start, start, host!)];
  const portStart = start + host!.length + 1;
  if (port !== undefined) fields.push(decoded(text, undefined, portStart, portStart, port));
  return fields;
}

function queryFields(text: string, start: number, query: string): EndpointField[] {
  const fields: EndpointField[] = [];
  let at = start;
  for (const part of query.split("&")) {
    const equals = part.indexOf("=");
    if (equals < 1)
      throw new EndpointError("bad-syntax", text, { offset: at, length: part.length }, "a parameter is name=value");
    fields.push(decoded(text, part.slice(0, equals), at, at + equals + 1, part.slice(equals + 1)));
    at += part.length + 1;
  }
  return fields;
}

function decoded(text: string, name: string | undefined, start: number, offset: number, raw: string): EndpointField {
  try {
    return { name, value: decodeURIComponent(raw), start, offset, length: raw.length };
  } catch {
    throw new EndpointError("bad-syntax", text, { offset, length: raw.length }, "a % is not followed by UTF-8 in hex");
  }
}
