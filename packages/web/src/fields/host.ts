import type { HttpField } from "./field.ts";

/** A host and perhaps a port, as they stand in `Host` and `Forwarded`. IPv6 addresses have no brackets here. */
export interface HttpHost {
  /** In lower case. */
  readonly host: string;
  readonly port?: number | undefined;
}

/** `Host`: the authority a request is for (RFC 9110 §7.2). */
export const hostField: HttpField<HttpHost> = { name: "Host", parse: parseHttpHost, format: formatHttpHost };

// host = IP-literal / IPv4address / reg-name; a reg-name may be empty (RFC 3986 §3.2.2)
const HOST = /^(?:\[([0-9A-Fa-f:.]+)\]|((?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*))(?::([0-9]{1,5}))?$/;

/** Reads `example.org:8080` or `[::1]:80`. A port is 0 to 65535. */
export function parseHttpHost(text: string): HttpHost | undefined {
  const [, ipv6, name, digits] = HOST.exec(text) ?? [];
  const host = ipv6 ?? name;
  const port = digits === undefined ? undefined : Number(digits);
  if (host === undefined || (port ?? 0) > 65535 || (ipv6 !== undefined && !isIpv6(ipv6))) return undefined;
  return { host: host.toLowerCase(), ...(port !== undefined && { port }) };
}

/**
 * Writes a host and port; brackets go around IPv6 addresses.
 * @throws {TypeError} when it would not read back
 */
export function formatHttpHost(value: HttpHost): string {
  const host = value.host.includes(":") ? `[${value.host}]` : value.host;
  const text = value.port === undefined ? host : `${host}:${value.port}`;
  if (parseHttpHost(text) === undefined) throw new TypeError(`Cannot write the host ${JSON.stringify(text)}`);
  return text;
}

/** Says whether a text is an IPv6 address, without brackets and zone (RFC 4291 §2.2). */
export function isIpv6(text: string): boolean {
  return /^[0-9A-Fa-f:.]+$/.test(text) && text.includes(":") && URL.canParse(`http://[${text}]/`);
}
