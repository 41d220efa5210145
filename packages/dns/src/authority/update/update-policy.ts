import { networkHolds, parseIp, parseIpNetwork, quote } from "@hawser/core";
import { type DomainName, parseDomainName } from "../../name/domain-name.ts";
import { DnsType, dnsTypeNumber } from "../../records/types.ts";
import { type DnsRequest, dnsPeerHost } from "../../serving/request.ts";
import type { ZoneUpdatePermit } from "./update-zone.ts";

/**
 * Lets somebody change some records, as a line of BIND's `update-policy` does. Who it is must be told by a key, by an address,
 * or by both; addresses alone prove little where questions come over UDP.
 */
export interface ZoneUpdateGrant {
  /** The name of the TSIG key that signs, or `*` for any key that the server knows. */
  readonly key?: string | undefined;
  /** Addresses or networks, `192.0.2.0/24`. */
  readonly from?: readonly string[] | undefined;
  /**
   * Which names: the `zone` all; the `name` itself; it and those below, `subdomain`; those that a `wildcard` makes; the
   * name that is the key's, `self`, or those below it too, `selfsub`. Default `zone`.
   */
  readonly names?: "name" | "self" | "selfsub" | "subdomain" | "wildcard" | "zone" | undefined;
  /** The name that `name`, `subdomain` and `wildcard` speak of. */
  readonly name?: string | undefined;
  /** Which types, or `["ANY"]` for all. Default: all but SOA, NS, RRSIG, NSEC and NSEC3. */
  readonly types?: readonly string[] | undefined;
  /** Forbids it instead. The first line that is about somebody, a name and a type decides. Default false. */
  readonly deny?: boolean | undefined;
}

/** Who may change a zone: lines, of which the first that fits decides; or a function that gives nothing to those who may not. */
export type ZoneUpdatePolicy =
  | readonly ZoneUpdateGrant[]
  | ((request: Pick<DnsRequest, "peer" | "tsigKey">) => ZoneUpdatePermit | undefined);

type Requester = Pick<DnsRequest, "peer" | "tsigKey">;

/**
 * Makes a policy quick to ask. It gives `undefined` for those whom no line is about.
 * @throws {TypeError} for a line that is about everybody, or lacks the name that it speaks of
 */
export function updatePermits(
  policy: ZoneUpdatePolicy,
  origin: DomainName,
): (requester: Requester) => ZoneUpdatePermit | undefined {
  if (typeof policy === "function") return policy;
  const lines = policy.map((grant) => lineOf(grant, origin));
  return (requester) => {
    const mine = lines.filter((line) => line.isAbout(requester));
    if (mine.length === 0) return undefined;
    const self = requester.tsigKey?.name;
    return (name, type) => mine.find((line) => line.covers(name, type, self))?.allows ?? false;
  };
}

interface PolicyLine {
  readonly allows: boolean;
  isAbout(requester: Requester): boolean;
  covers(name: DomainName, type: number, self: DomainName | undefined): boolean;
}

/** What nobody changes who is not told to: what makes the zone one, and what its signer makes. */
const guardedTypes: ReadonlySet<number> = new Set([
  DnsType.SOA,
  DnsType.NS,
  DnsType.RRSIG,
  DnsType.NSEC,
  DnsType.NSEC3,
]);

function lineOf(grant: ZoneUpdateGrant, origin: DomainName): PolicyLine {
  const { key, from, names = "zone", deny = false } = grant;
  if (key === undefined && from === undefined)
    throw new TypeError("Cannot make a grant for everybody: give it a key, or addresses it is for");
  const keyName = key === undefined || key === "*" ? undefined : parseDomainName(key);
  const networks = from?.map(parseIpNetwork);
  const coversName = namesOf(names, grant, origin);
  const coversType = typesOf(grant.types);
  return {
    allows: !deny,
    isAbout(requester) {
      const { tsigKey } = requester;
      if (key !== undefined && (tsigKey === undefined || (keyName !== undefined && !tsigKey.name.equals(keyName))))
        return false;
      const host = parseIp(dnsPeerHost(requester));
      return networks === undefined || (host !== undefined && networks.some((network) => networkHolds(network, host)));
    },
    covers: (name, type, self) => coversType(type) && coversName(name, self),
  };
}

function namesOf(
  names: NonNullable<ZoneUpdateGrant["names"]>,
  { name: text, key }: ZoneUpdateGrant,
  origin: DomainName,
): (name: DomainName, self: DomainName | undefined) => boolean {
  if (names === "zone") return () => true;
  if (names === "self" || names === "selfsub") {
    if (key === undefined) throw new TypeError(`Cannot make a grant for ${quote(names)}: it needs a key`);
    const isIt = names === "self" ? sameName : within;
    return (name, self) => self !== undefined && isIt(name, self);
  }
  if (text === undefined) throw new TypeError(`Cannot make a grant for ${quote(names)}: it needs a name`);
  const subject = parseDomainName(text, origin);
  if (names === "name") return (name) => sameName(name, subject);
  if (names === "subdomain") return (name) => within(name, subject);
  const above = subject.parent();
  if (!subject.isWildcard || above === undefined)
    throw new TypeError(`Cannot make a grant for ${quote(text)}: that is no wildcard`);
  return (name) => name.isBelow(above);
}

function typesOf(types: ZoneUpdateGrant["types"]): (type: number) => boolean {
  if (types === undefined) return (type) => !guardedTypes.has(type);
  const numbers = new Set(types.map((type) => dnsTypeNumber(type.toUpperCase())));
  return (type) => numbers.has(type) || numbers.has(DnsType.ANY);
}

function sameName(name: DomainName, other: DomainName): boolean {
  return name.equals(other);
}

function within(name: DomainName, ancestor: DomainName): boolean {
  return name.isWithin(ancestor);
}
