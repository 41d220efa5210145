import { parseIp, quote } from "@hawser/core";
import { DnsTextError } from "../errors.ts";
import type { DnsTransport } from "../serving/request.ts";
import type { DnsServerPlace } from "./exchanger.ts";

/** The ports of the transports (RFC 1035 §4.2, RFC 7858 §3.1, RFC 8484 §4.1). */
const portOf: Readonly<Record<DnsTransport, number>> = { udp: 53, tcp: 53, tls: 853, https: 443 };

/** Where DNS over HTTPS is spoken when nothing else is said: the path of nearly all such servers, and of RFC 8484 §4.1.1. */
const pathDefault = "/dns-query";

/**
 * Reads where a server is, in the spellings of `dig`, resolv.conf and URLs:
 *
 * ```ts
 * parseDnsServer("192.0.2.1");                        // UDP, port 53
 * parseDnsServer("192.0.2.1#5353");                   // or 192.0.2.1:5353, [2001:db8::1]:5353
 * parseDnsServer("tcp://192.0.2.1");
 * parseDnsServer("tls://192.0.2.1#dns.example");      // the name that the certificate must have
 * parseDnsServer("https://dns.example/dns-query");
 * ```
 *
 * @throws {DnsTextError} `bad-value`
 */
export function parseDnsServer(text: string): DnsServerPlace {
  if (parseIp(text) !== undefined) return { transport: "udp", host: text, port: portOf.udp };
  const [, scheme] = /^(udp|tcp|tls|https):\/\//i.exec(text) ?? [];
  return scheme === undefined ? parsePlain(text) : parseUrl(text, scheme);
}

/** Spells a place so that {@link parseDnsServer} reads it, without what goes without saying. */
export function formatDnsServer({ transport, host, port, serverName, path }: DnsServerPlace): string {
  const authority = host.includes(":") ? `[${host}]` : host;
  const behind = port === portOf[transport] ? "" : `:${port}`;
  const where = transport === "https" ? (path ?? pathDefault) : "";
  return `${transport}://${authority}${behind}${where}${serverName === undefined ? "" : `#${serverName}`}`;
}

/** `ADDRESS#PORT` and `ADDRESS:PORT`: UDP. */
function parsePlain(text: string): DnsServerPlace {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^[\]]+?))(?:[#:](\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? "";
  if (parseIp(host) === undefined) throw bad(text, "it is no address");
  return { transport: "udp", host, port: portNumber(port, "udp", text) };
}

function parseUrl(text: string, scheme: string): DnsServerPlace {
  const transport = scheme.toLowerCase() as DnsTransport;
  const pattern = /^\w+:\/\/(?:\[([^\]]+)\]|([^/?#:[\]@\s]+))(?::(\d+))?(\/[\x21\x22\x24-\x7e]*)?(?:#([^\s#]+))?$/;
  const [matched, bracketed, plain, port, path, serverName] = pattern.exec(text) ?? [];
  if (matched === undefined) throw bad(text, "write it like tls://dns.example or https://dns.example/dns-query");
  const host = bracketed ?? plain!;
  if (bracketed !== undefined && !isIpv6(bracketed)) throw bad(text, "there is no IPv6 address between the brackets");
  const place = { transport, host, port: portNumber(port, transport, text) };
  const isPlain = transport === "udp" || transport === "tcp";
  if (isPlain && parseIp(host) === undefined) throw bad(text, `${transport} needs an address, not a name`);
  if (isPlain && serverName !== undefined) throw bad(text, `${transport} has no certificate`);
  if (transport !== "https" && path !== undefined && path !== "/") throw bad(text, `${transport} has no path`);
  return {
    ...place,
    ...(serverName === undefined ? {} : { serverName }),
    ...(transport === "https" ? { path: path === undefined || path === "/" ? pathDefault : path } : {}),
  };
}

function portNumber(port: string | undefined, transport: DnsTransport, text: string): number {
  const number = port === undefined ? portOf[transport] : Number(port);
  if (number >= 1 && number <= 65_535) return number;
  throw bad(text, "a port is from 1 to 65535");
}

function isIpv6(text: string): boolean {
  return text.includes(":") && parseIp(text) !== undefined;
}

function bad(text: string, reason: string): DnsTextError {
  return new DnsTextError("bad-value", `Cannot read the DNS server ${quote(text)}: ${reason}`);
}
