import { type DomainName, parseDomainName, rootName } from "../name/domain-name.ts";
import { parseMasterFile } from "../zone/reader.ts";
import type { ZoneCut } from "./zone-cut.ts";

/** The servers of the root and their addresses, as IANA's `named.root` gives them; the last to change was b's, in 2023. */
const rootServers: readonly (readonly [letter: string, ipv4: string, ipv6: string])[] = [
  ["a", "198.41.0.4", "2001:503:ba3e::2:30"],
  ["b", "170.247.170.2", "2801:1b8:10::b"],
  ["c", "192.33.4.12", "2001:500:2::c"],
  ["d", "199.7.91.13", "2001:500:2d::d"],
  ["e", "192.203.230.10", "2001:500:a8::e"],
  ["f", "192.5.5.241", "2001:500:2f::f"],
  ["g", "192.112.36.4", "2001:500:12::d0d"],
  ["h", "198.97.190.53", "2001:500:1::53"],
  ["i", "192.36.148.17", "2001:7fe::53"],
  ["j", "192.58.128.30", "2001:503:c27::2:30"],
  ["k", "193.0.14.129", "2001:7fd::1"],
  ["l", "199.7.83.42", "2001:500:9f::42"],
  ["m", "202.12.27.33", "2001:dc3::35"],
];

/** Where resolution begins: names of servers of the root, and their addresses (RFC 9609 §2). */
export type RootHints = ReadonlyMap<DomainName, readonly string[]>;

/** The thirteen servers of the root of the Internet. */
export const ianaRootHints: RootHints = new Map(
  rootServers.map(([letter, ...addresses]) => [parseDomainName(`${letter}.root-servers.net`), addresses]),
);

/**
 * Reads hints as a master file, as `named.root` and BIND's `hint` zones are: NS records of the root and the addresses of
 * what they name.
 *
 * @throws {DnsTextError} for what is no master file
 * @throws {RangeError} when no server of the root has an address there
 */
export function parseRootHints(text: string): RootHints {
  const hints = new Map<DomainName, string[]>();
  const records = [...parseMasterFile(text, { origin: rootName, ttl: 3_600_000 })];
  for (const record of records) if (record.type === "NS" && record.name.isRoot) hints.set(record.data.nameServer, []);
  for (const record of records) {
    if (record.type !== "A" && record.type !== "AAAA") continue;
    for (const [name, addresses] of hints) if (name.equals(record.name)) addresses.push(record.data.address);
  }
  for (const [name, addresses] of hints) if (addresses.length === 0) hints.delete(name);
  if (hints.size === 0) throw new RangeError("Cannot use the root hints: no server of the root has an address there");
  return hints;
}

/** Hints as a delegation that is never out of date. */
export function cutOfHints(hints: RootHints): ZoneCut {
  return {
    zone: rootName,
    mode: "hints",
    names: [...hints.keys()],
    glue: new Map([...hints].map(([name, addresses]) => [name.key, addresses])),
    places: [],
    learnedAt: Number.NEGATIVE_INFINITY,
    expiresAt: Number.POSITIVE_INFINITY,
  };
}
