import type { HttpField } from "./field.ts";
import { formatHttpHost, type HttpHost, parseHttpHost } from "./host.ts";

/** Where a script comes from: `null`, or a scheme, host and port (RFC 6454 §7). */
export type HttpOrigin = "null" | (HttpHost & { readonly scheme: string });

/** `Origin`. The list of origins that RFC 6454 allows is sent by nobody, and malformed here. */
export const originField: HttpField<HttpOrigin> = { name: "Origin", parse: parseOrigin, format: formatOrigin };

function parseOrigin(text: string): HttpOrigin | undefined {
  if (text === "null") return "null";
  const [, scheme, authority] = /^([A-Za-z][A-Za-z0-9+\-.]*):\/\/(.+)$/.exec(text) ?? [];
  const host = authority === undefined ? undefined : parseHttpHost(authority);
  return scheme === undefined || !host?.host ? undefined : { scheme: scheme.toLowerCase(), ...host };
}

function formatOrigin(origin: HttpOrigin): string {
  const text = origin === "null" ? origin : `${origin.scheme}://${formatHttpHost(origin)}`;
  if (parseOrigin(text) === undefined) throw new TypeError(`Cannot write the origin ${JSON.stringify(text)}`);
  return text;
}
