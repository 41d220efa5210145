import { parseIp } from "@hawser/core";
import { type DomainName, parseDomainName, rootName } from "../../name/domain-name.ts";
import type { DnsServerPlace } from "../exchanger.ts";

/** What resolv.conf says (resolv.conf(5)). */
export interface ResolvConf {
  readonly servers: readonly DnsServerPlace[];
  /** Domains that short names are tried in. */
  readonly search: readonly DomainName[];
  /** So many dots make a name that is tried as it is first. Default 1. */
  readonly ndots: number;
  /** For one server. Default 5,000 ms. */
  readonly serverTimeoutMs: number;
  /** How often all servers are asked. Default 2. */
  readonly attemptsMax: number;
  /** Takes turns between the servers. */
  readonly rotate: boolean;
  /** Asks with EDNS, as we always do; kept for those who ask what was said. */
  readonly edns0: boolean;
  /** Believes the servers that they have validated (the AD bit). */
  readonly trustAd: boolean;
  /** Asks over TCP. */
  readonly useTcp: boolean;
  /** Asks for no IPv6 addresses. */
  readonly noAaaa: boolean;
}

/** Where nobody says otherwise: the server on this machine, as glibc has it. */
export const resolvConfDefault: ResolvConf = {
  servers: [{ transport: "udp", host: "127.0.0.1", port: 53 }],
  search: [],
  ndots: 1,
  serverTimeoutMs: 5_000,
  attemptsMax: 2,
  rotate: false,
  edns0: false,
  trustAd: false,
  useTcp: false,
  noAaaa: false,
};

/** The bounds of glibc's resolver for what the file says; of servers it takes three, and more do no harm. */
const bounds = { servers: 8, search: 32, ndots: 15, timeoutSeconds: 30, attempts: 5 } as const;

/** Reads resolv.conf. What cannot be understood is passed over, as every reader of this file does. */
export function parseResolvConf(text: string): ResolvConf {
  const servers: DnsServerPlace[] = [];
  let conf = resolvConfDefault;
  for (const line of text.split("\n")) {
    const [keyword, ...words] = line
      .replace(/^[;#].*/, "")
      .trim()
      .split(/\s+/);
    if (keyword === "nameserver") addServer(words[0] ?? "", servers);
    else if (keyword === "search" || keyword === "domain") conf = { ...conf, search: domainsOf(keyword, words) };
    else if (keyword === "options") for (const word of words) conf = { ...conf, ...optionOf(word) };
  }
  return servers.length === 0 ? conf : { ...conf, servers };
}

function addServer(host: string, servers: DnsServerPlace[]): void {
  if (parseIp(host) !== undefined && servers.length < bounds.servers)
    servers.push({ transport: "udp", host, port: 53 });
}

/** The last line counts. */
function domainsOf(keyword: string, words: readonly string[]): readonly DomainName[] {
  const names = (keyword === "domain" ? words.slice(0, 1) : words).flatMap(nameOf);
  return names.filter((name) => name !== rootName).slice(0, bounds.search);
}

function nameOf(word: string): readonly DomainName[] {
  try {
    return [parseDomainName(word)];
  } catch {
    return [];
  }
}

function optionOf(word: string): Partial<ResolvConf> {
  const [, name, digits] = /^([a-z0-9-]+)(?::(\d{1,9}))?$/.exec(word) ?? [];
  const number = digits === undefined ? undefined : Number(digits);
  switch (name) {
    case "ndots":
      return number === undefined ? {} : { ndots: Math.min(number, bounds.ndots) };
    case "timeout":
      return number ? { serverTimeoutMs: 1_000 * Math.min(number, bounds.timeoutSeconds) } : {};
    case "attempts":
      return number ? { attemptsMax: Math.min(number, bounds.attempts) } : {};
    case "rotate":
      return { rotate: true };
    case "edns0":
      return { edns0: true };
    case "trust-ad":
      return { trustAd: true };
    case "use-vc":
      return { useTcp: true };
    case "no-aaaa":
      return { noAaaa: true };
    default:
      return {};
  }
}
