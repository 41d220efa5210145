import { domainToASCII } from "node:url";
import {
  parseEndpoint,
  parseIpNetwork,
  parsePair,
  parseWholeNumber,
  quote,
  UsageError,
  type ValueParser,
} from "@hawser/core";

/** `NAME[=DIR]`: a domain and the folder of its Maildirs; default `mail/NAME`. @throws {UsageError} */
export const parseMailDomain: ValueParser<readonly [string, string]> = pair((text) => {
  const [name, folder] = text.includes("=") ? parsePair("NAME")(text) : [text, undefined];
  const domain = domainName(name);
  return [domain, folder ?? `mail/${domain}`];
});

/** `NAME=DOMAIN`: another name of a domain. @throws {UsageError} */
export const parseDomainAlias: ValueParser<readonly [string, string]> = pair((text) => {
  const [name, domain] = parsePair("NAME")(text);
  return [domainName(name), domainName(domain)];
});

/** `[DOMAIN=]ADDRESS`: who gets what nobody else of a domain does. Without one it is for the first domain. @throws {UsageError} */
export const parseCatchAll: ValueParser<readonly [string, string]> = pair((text) => {
  const [name, address] = text.includes("=") ? parsePair("DOMAIN")(text) : ["", text];
  if (address === "" || /\s/.test(address)) throw new UsageError(`${quote(address)} is no address`);
  return [name === "" ? "" : domainName(name), address];
});

/** `SELECTOR=KEY`: what a DKIM key is published as, and its file. @throws {UsageError} */
export const parseDkimKey: ValueParser<readonly [string, string]> = parsePair("SELECTOR", (name) =>
  /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name),
);

/** Octets, with a unit or without: `50M`, `2G`. @throws {UsageError} */
export const parseOctets: ValueParser<number> = Object.assign(
  (text: string): number => {
    const [, digits = "", unit = ""] = /^(\d{1,15})([KMGT]?)i?B?$/i.exec(text) ?? [];
    const octets = Number(digits) * 1024 ** " KMGT".indexOf(unit.toUpperCase() || " ");
    if (digits !== "" && octets > 0 && Number.isSafeInteger(octets)) return octets;
    throw new UsageError(`${quote(text)} is not a number of octets such as 50M or 2G`);
  },
  { kind: "number" } as const,
);

/** `10.0.0.0/8`, as it was written. @throws {UsageError} */
export function parseNetwork(text: string): string {
  try {
    parseIpNetwork(text);
    return text;
  } catch (cause) {
    throw new UsageError(`${quote(text)} is no network such as 10.0.0.0/8`, { cause });
  }
}

/** `HOST`, `HOST:PORT` or an endpoint: where mail for others goes. A port that nobody says is 587. @throws {UsageError} */
export function parseRelay(text: string): string {
  const [, host, port] = /^(\[[0-9a-f:.]+\]|[^:\s/]+)(?::(\d{1,5}))?$/i.exec(text) ?? [];
  if (host === undefined) return checkedEndpoint(text);
  const bare = host.replace(/^\[|\]$/g, "").replaceAll(":", "\\:");
  return `tcp:${bare}:${parseWholeNumber(1, 65_535)(port ?? "587")}`;
}

/**
 * A domain as the DNS has it: lower case, A-labels, at least two of them. It stands here for itself, so that whoever only wants
 * help waits for nothing else.
 * @throws {UsageError}
 */
export function domainName(text: string): string {
  const domain = /^[\w.\u0080-\u{10ffff}-]{1,512}$/u.test(text) ? domainToASCII(text.replace(/\.$/, "")) : "";
  if (domain.length <= 253 && /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+$/.test(domain)) return domain;
  throw new UsageError(`${quote(text)} is no domain`);
}

function checkedEndpoint(text: string): string {
  try {
    parseEndpoint(text);
    return text;
  } catch (error) {
    throw new UsageError((error as Error).message.split("\n", 1)[0]!, { cause: error });
  }
}

function pair(parse: (text: string) => readonly [string, string]): ValueParser<readonly [string, string]> {
  return Object.assign(parse, { kind: "pair" } as const);
}
