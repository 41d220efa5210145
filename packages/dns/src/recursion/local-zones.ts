import type { DnsEncodedSet } from "../message/answer.ts";
import { type DomainName, parseDomainName } from "../name/domain-name.ts";
import { parseDnsRecord } from "../records/text.ts";
import { DnsType } from "../records/types.ts";
import { encodeDnsSets } from "../serving/sets.ts";
import { DnsRcode } from "../words.ts";
import { Credibility, type NegativeEntry, type PositiveEntry, type RecursionEntry } from "./entries.ts";

const rangeOf = (low: number, high: number, rest: string): readonly string[] =>
  Array.from({ length: high - low + 1 }, (_, at) => `${low + at}.${rest}`);

const reverse6 = (nibbles: string): string => `${[...nibbles].reverse().join(".")}.ip6.arpa`;

/** Zones that no server of the Internet may be asked about, and why. */
const emptyZones: readonly string[] = [
  // Names that exist nowhere, or not in the DNS.
  "invalid", // RFC 6761 §6.4
  "test", // RFC 6761 §6.2
  "onion", // RFC 7686 §2
  "local", // RFC 6762 §22.1
  "home.arpa", // RFC 8375 §4
  "resolver.arpa", // RFC 9462 §8.2
  // Networks that are private (RFC 1918), shared (RFC 7793), this host's, this link's, for examples, or for all (RFC 6303 §4).
  "10.in-addr.arpa",
  ...rangeOf(16, 31, "172.in-addr.arpa"),
  "168.192.in-addr.arpa",
  ...rangeOf(64, 127, "100.in-addr.arpa"),
  "0.in-addr.arpa",
  "127.in-addr.arpa",
  "254.169.in-addr.arpa",
  "2.0.192.in-addr.arpa",
  "100.51.198.in-addr.arpa",
  "113.0.203.in-addr.arpa",
  "255.255.255.255.in-addr.arpa",
  reverse6("0".repeat(32)),
  reverse6(`${"0".repeat(31)}1`),
  reverse6("fd"), // RFC 4193
  ...["fe8", "fe9", "fea", "feb"].map(reverse6),
  reverse6("20010db8"),
];

/** The names of the zones that are served here and asked about nowhere else (RFC 6303, RFC 6761). */
export const locallyServedZones: readonly string[] = ["localhost", ...emptyZones];

const ttl = 10_800; // RFC 6303 §3

/** Answers for names that never leave this machine: those that have an answer, and those that exist nowhere. */
export class LocalZones {
  readonly #zones: ReadonlyMap<string, DomainName>;

  /** @param excluded names of zones that are asked about after all: `["test", "10.in-addr.arpa"]` */
  constructor(excluded: readonly string[] = []) {
    const out = new Set(excluded.map((name) => parseDomainName(name).key));
    const names = locallyServedZones.map((name) => parseDomainName(name));
    this.#zones = new Map(names.filter((name) => !out.has(name.key)).map((name) => [name.key, name]));
  }

  /** The zone that a name lies in; `undefined` when it is none of ours. */
  zoneOf(name: DomainName): DomainName | undefined {
    for (let at: DomainName | undefined = name; at !== undefined && !at.isRoot; at = at.parent()) {
      const zone = this.#zones.get(at.key);
      if (zone !== undefined) return zone;
    }
    return undefined;
  }

  /** What is said about a name in one of our zones. */
  answer(zone: DomainName, name: DomainName, type: number): RecursionEntry {
    const isLocalhost = zone.labels()[0] === "localhost";
    const soa = setOf(`${zone} ${ttl} IN SOA ${zone} nobody.invalid. 1 3600 1200 604800 ${ttl}`);
    if (isLocalhost && type === DnsType.A) return found(setOf(`${name} ${ttl} IN A 127.0.0.1`));
    if (isLocalhost && type === DnsType.AAAA) return found(setOf(`${name} ${ttl} IN AAAA ::1`));
    const isApex = name.equals(zone);
    if (isApex && type === DnsType.SOA) return found(soa);
    if (isApex && type === DnsType.NS) return found(setOf(`${zone} ${ttl} IN NS ${zone}`));
    return nothing(isApex || isLocalhost ? DnsRcode.noError : DnsRcode.nxDomain, soa);
  }
}

const always = { credibility: Credibility.authoritative, storedAt: 0, expiresAt: Number.POSITIVE_INFINITY };

function found(set: DnsEncodedSet): PositiveEntry {
  return { type: "positive", set, signatures: undefined, moved: [], proofs: [], target: undefined, ...always };
}

function nothing(rcode: number, soa: DnsEncodedSet): NegativeEntry {
  return { type: "negative", rcode, authorities: [soa], ...always };
}

function setOf(text: string): DnsEncodedSet {
  return encodeDnsSets([parseDnsRecord(text)])[0]!;
}
