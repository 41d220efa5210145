import { type IpNetwork, networkHolds, parseIp, parseIpNetwork } from "@hawser/core";
import { type DomainName, parseDomainName } from "../name/domain-name.ts";
import { type DnsRequest, type DnsTransport, dnsPeerHost } from "../serving/request.ts";

/** Whom something is allowed, for which zones. All that is said must hold; what is left out holds for everybody. */
export interface ZoneAccessRule {
  /** Default: every zone. */
  readonly zones?: readonly (DomainName | string)[] | undefined;
  /** Networks and addresses: `192.0.2.0/24`, `2001:db8::53`. Behind UDP anybody may have written the address. */
  readonly from?: readonly string[] | undefined;
  /** What carries the request: `tls` alone keeps zones off the clear (RFC 9103 §8.4). */
  readonly over?: readonly DnsTransport[] | undefined;
  /** The names of keys, one of which must have signed (RFC 8945). */
  readonly keys?: readonly (DomainName | string)[] | undefined;
}

/** Says whether a request is allowed something at a zone: one rule that holds is enough. */
export type ZoneAccess = (request: DnsRequest, origin: DomainName) => boolean;

/** Reads rules once. @throws {RangeError} for what is no network @throws {DnsTextError} for what is no name */
export function zoneAccess(rules: readonly ZoneAccessRule[]): ZoneAccess {
  const all = rules.map(({ zones, from, over, keys }) => ({
    over,
    zones: zones && keysOf(zones),
    networks: from?.map(parseIpNetwork),
    keys: keys && keysOf(keys),
  }));
  return (request, origin) =>
    all.some(
      ({ zones, networks, over, keys }) =>
        (zones === undefined || zones.has(origin.key)) &&
        (over === undefined || over.includes(request.transport)) &&
        (networks === undefined || isWithin(networks, request)) &&
        (keys === undefined || (request.tsigKey !== undefined && keys.has(request.tsigKey.name.key))),
    );
}

function keysOf(names: readonly (DomainName | string)[]): ReadonlySet<string> {
  return new Set(names.map((name) => (typeof name === "string" ? parseDomainName(name) : name).key));
}

function isWithin(networks: readonly IpNetwork[], request: DnsRequest): boolean {
  const address = parseIp(dnsPeerHost(request));
  return address !== undefined && networks.some((network) => networkHolds(network, address));
}
