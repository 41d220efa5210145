import { parseIp, parseIpNetwork, parsePair, quote, UsageError, type ValueParser } from "@hawser/core";
import type { DnsServerPlace } from "../../client/exchanger.ts";
import { parseDnsServer } from "../../client/server-place.ts";
import { DnsTextError } from "../../errors.ts";
import { type DomainName, parseDomainName } from "../../name/domain-name.ts";

/** A server that a zone is taken from: `NAME@ADDRESS[#PORT][,KEY]`. */
export interface SecondaryPrimary {
  readonly zone: DomainName;
  readonly server: DnsServerPlace;
  /** The name of a key. */
  readonly key: string | undefined;
}

/** Whom something is allowed: `[ZONE=]NET|KEY`. */
export interface ZoneGrant {
  /** `undefined`: all. */
  readonly zone: DomainName | undefined;
  readonly network: string | undefined;
  readonly key: string | undefined;
}

/** Who is told of new versions: `[ZONE=]ADDRESS[#PORT][,KEY]`. */
export interface NotifyAddress {
  /** `undefined`: all. */
  readonly zone: DomainName | undefined;
  readonly server: DnsServerPlace;
  readonly key: string | undefined;
}

/** Who is asked: `[ZONE=]SERVER`. */
export interface ForwardTarget {
  /** `undefined`: for everything else. */
  readonly zone: DomainName | undefined;
  readonly server: DnsServerPlace;
}

/** `NAME=FILE`. @throws {UsageError} */
export const parseZoneFile: ValueParser<readonly [string, string]> = Object.assign(
  (text: string): readonly [string, string] => {
    const [name, file] = parsePair("NAME")(text);
    return [String(zoneName(name)), file];
  },
  { kind: "pair" } as const,
);

/** `NAME@ADDRESS[#PORT][,KEY]`. @throws {UsageError} */
export function parseSecondary(text: string): SecondaryPrimary {
  const at = text.indexOf("@");
  if (at < 1) throw new UsageError(`${quote(text)} is not NAME@ADDRESS[#PORT][,KEY]`);
  const [server, key] = withKey(text.slice(at + 1));
  return { zone: zoneName(text.slice(0, at)), server: addressOf(server), key };
}

/** `[ZONE=]NET|KEY`. @throws {UsageError} */
export function parseAccess(text: string): ZoneGrant {
  const [zone, who] = withZone(text);
  const isNetwork = /[/:]/.test(who) || parseIp(who) !== undefined;
  return isNetwork
    ? { zone, network: parseNetwork(who), key: undefined }
    : { zone, network: undefined, key: keyName(who) };
}

/** `[ZONE=]ADDRESS[#PORT][,KEY]`. @throws {UsageError} */
export function parseNotify(text: string): NotifyAddress {
  const [zone, rest] = withZone(text);
  const [server, key] = withKey(rest);
  return { zone, server: addressOf(server), key };
}

/** `[ZONE=]SERVER`. @throws {UsageError} */
export function parseForward(text: string): ForwardTarget {
  const [zone, server] = withZone(text);
  return { zone, server: placeOf(server) };
}

/** A network, as it was written. @throws {UsageError} */
export function parseNetwork(text: string): string {
  try {
    parseIpNetwork(text);
    return text;
  } catch (error) {
    throw new UsageError(`${quote(text)} is no network: write it like 10.0.0.0/8 or fd00::/8`, { cause: error });
  }
}

/** The name of a zone. @throws {UsageError} */
export function zoneName(text: string): DomainName {
  try {
    return parseDomainName(text);
  } catch (error) {
    if (!(error instanceof DnsTextError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

/** An equals sign in a URL is none of ours. */
function withZone(text: string): readonly [DomainName | undefined, string] {
  const [, zone, rest] = /^([^=/]+)=(.+)$/.exec(text) ?? [];
  return zone === undefined ? [undefined, text] : [zoneName(zone), rest!];
}

function withKey(text: string): readonly [string, string | undefined] {
  const at = text.lastIndexOf(",");
  return at < 0 ? [text, undefined] : [text.slice(0, at), keyName(text.slice(at + 1))];
}

function keyName(text: string): string {
  return String(zoneName(text));
}

/** A server that zones come from or notices go to: HTTPS carries neither. */
function addressOf(text: string): DnsServerPlace {
  const place = placeOf(text);
  if (place.transport !== "https") return place;
  throw new UsageError(`${quote(text)}: zones do not travel over HTTPS`);
}

function placeOf(text: string): DnsServerPlace {
  try {
    return parseDnsServer(text);
  } catch (error) {
    if (!(error instanceof DnsTextError)) throw error;
    throw new UsageError(
      `${quote(text)} is no name server: write it like 192.0.2.1, [2001:db8::1]:5353 or tls://dns.example`,
      {
        cause: error,
      },
    );
  }
}
