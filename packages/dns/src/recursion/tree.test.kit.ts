import { contentsOf } from "../authority/authority.test.kit.ts";
import { Zone } from "../authority/zone.ts";
import { ZoneTable } from "../authority/zone-table.ts";
import { zonesPlugin } from "../authority/zones-plugin.ts";
import { type DomainName, parseDomainName } from "../name/domain-name.ts";
import { parseDnsRecord } from "../records/text.ts";
import { DnsType } from "../records/types.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import { bareResponse, type DnsReply, type DnsResponse, dnsResponse } from "../serving/reply.ts";
import type { DnsRequest } from "../serving/request.ts";
import { encodeDnsSets } from "../serving/sets.ts";
import { DnsRcode } from "../words.ts";

/** Tells the address of a server by its name. */
export type AddressOf = (server: string) => string;

/** The servers of the tree: those of the root, of two TLDs, and of zones; some are no good. */
export const treeServers = [
  "root1",
  "root2",
  "tld1",
  "tldLame",
  "good1",
  "good2",
  "dead",
  "liar",
  "entDenier",
  "openResolver",
] as const;

export type TreeServer = (typeof treeServers)[number];

/** A zone from records, relative to it, with an SOA; the text brings its own NS records. */
export function zoneWith(origin: string, text: string): Zone {
  const lines = text.replaceAll(/^ +/gm, "");
  return new Zone(contentsOf(`@ 300 SOA ns host 1 7200 900 1209600 60\n${lines}`, origin));
}

/** What each server of the tree answers. */
export function tree(addressOf: AddressOf): ReadonlyMap<TreeServer, DnsPlugin> {
  const served = (...zones: Zone[]): DnsPlugin => zonesPlugin(new ZoneTable(zones));
  const address = (server: TreeServer): string => addressOf(server);
  const root = zoneWith(
    ".",
    `@ NS a.root-servers.net.
    @ NS b.root-servers.net.
    a.root-servers.net. A ${address("root1")}
    b.root-servers.net. A ${address("root2")}
    example. NS a.nic.example.
    example. NS b.nic.example.
    a.nic.example. A ${address("tld1")}
    b.nic.example. A ${address("tldLame")}
    org. NS a.nic.org.
    a.nic.org. A ${address("tld1")}`,
  );
  const good = served(
    goodZone(address),
    otherZone(),
    zoneWith("half.org", "@ NS ns.dead.example.\n@ NS ns1.good.example.\nwww A 192.0.2.5"),
    zoneWith("sub.good.example", "@ NS ns1.good.example.\nwww A 192.0.2.7"),
  );
  return new Map<TreeServer, DnsPlugin>([
    ["root1", served(root)],
    ["root2", served(root)],
    ["tld1", served(exampleZone(address), orgZone(address))],
    ["tldLame", plugin(() => bareResponse(DnsRcode.refused))],
    ["good1", good],
    ["good2", good],
    ["dead", plugin(() => ({ type: "drop" }))],
    ["liar", plugin(({ query }) => lie(query.name, query.type, address))],
    ["entDenier", denyingParts(served(zoneWith("ents.example", "@ NS ns.ents.example.\na.b.c A 192.0.2.9")))],
    ["openResolver", plugin(({ query }) => recursiveAnswer(query.name))],
  ]);
}

function exampleZone(address: (server: TreeServer) => string): Zone {
  const delegations: readonly (readonly [zone: string, server: TreeServer])[] = [
    ["liar", "liar"],
    ["ents", "entDenier"],
    ["dead", "dead"],
    ["recursive", "openResolver"],
  ];
  return zoneWith(
    "example",
    `@ NS a.nic
    @ NS b.nic
    a.nic A ${address("tld1")}
    b.nic A ${address("tldLame")}
    good NS ns1.good
    good NS ns2.good
    good NS ns3.good
    ns1.good A ${address("good1")}
    ns2.good A ${address("good2")}
    ns3.good A ${address("dead")}
    ${delegations.map(([zone, server]) => `${zone} NS ns.${zone}\nns.${zone} A ${address(server)}`).join("\n")}
    ring-a NS ns.ring-b
    ring-b NS ns.ring-a`,
  );
}

function orgZone(address: (server: TreeServer) => string): Zone {
  return zoneWith(
    "org",
    `@ NS a.nic
    a.nic A ${address("tld1")}
    other NS ns1.good.example.
    orphan NS ns.dead.example.
    orphan NS nowhere.good.example.
    half NS ns.dead.example.
    half NS ns1.good.example.`,
  );
}

function goodZone(address: (server: TreeServer) => string): Zone {
  const many = Array.from({ length: 60 }, (_, at) => `big TXT "${String(at).padStart(60, "x")}"`).join("\n");
  return zoneWith(
    "good.example",
    `@ NS ns1
    @ NS ns2
    @ NS ns3
    ns1 A ${address("good1")}
    ns2 A ${address("good2")}
    ns3 A ${address("dead")}
    www 60 A 192.0.2.1
    www AAAA 2001:db8::1
    alias CNAME www
    far CNAME www.other.org.
    nothing CNAME nowhere.other.org.
    loop1 CNAME loop2
    loop2 CNAME loop1
    deep.ent A 192.0.2.2
    moved DNAME other.org.
    * .wild TXT "wild"
    ${many}
    sub NS ns1`.replace("* .wild", "*.wild"),
  );
}

function otherZone(): Zone {
  return zoneWith("other.org", "@ NS ns1.good.example.\nwww A 192.0.2.3\n@ MX 10 www\nback CNAME far.good.example.");
}

/** A server that does not know of names without records: it denies them, and what is below with them. */
function denyingParts(inner: DnsPlugin): DnsPlugin {
  return {
    name: "denier",
    wrap: (next) => {
      const answer = inner.wrap(next);
      return (request) => {
        const reply = answer(request);
        if (reply instanceof Promise) return reply;
        const isEmpty = reply.type === "response" && reply.rcode === DnsRcode.noError && reply.answers.length === 0;
        return isEmpty && request.query.name.labelCount > 2 ? { ...reply, rcode: DnsRcode.nxDomain } : reply;
      };
    },
  };
}

/** Records as sets. */
export function sets(...lines: readonly string[]): DnsResponse["answers"] {
  return encodeDnsSets(lines.map((line) => parseDnsRecord(line)));
}

/** Says all that nobody should believe. */
function lie(name: DomainName, type: number, address: (server: TreeServer) => string): DnsReply {
  const first = name.labels()[0]?.toLowerCase();
  const evil = address("liar");
  const own = `${name} 300 A 192.0.2.66`;
  if (type !== DnsType.A) return dnsResponse({ authoritative: true });
  if (first === "extra") {
    const answers = sets(own, `www.good.example. 86400 A ${evil}`, `unasked.liar.example. 86400 A ${evil}`);
    const authorities = sets("good.example. 86400 NS ns.liar.example.", "example. 86400 NS ns.liar.example.");
    const additionals = sets(`ns1.good.example. 86400 A ${evil}`, `a.nic.example. 86400 A ${evil}`);
    return dnsResponse({ authoritative: true, answers, authorities, additionals });
  }
  if (first === "upward")
    return dnsResponse({
      authorities: sets("example. 86400 NS ns.liar.example."),
      additionals: sets(`ns.liar.example. 86400 A ${evil}`),
    });
  if (first === "sideways") return dnsResponse({ authorities: sets("good.example. 86400 NS ns.liar.example.") });
  if (first === "self") return dnsResponse({ authorities: sets("liar.example. 86400 NS ns.liar.example.") });
  if (first === "poison")
    return dnsResponse({
      authoritative: true,
      answers: sets(`${name} 300 CNAME www.good.example.`, `www.good.example. 300 A ${evil}`),
    });
  if (first === "endless")
    return dnsResponse({ authoritative: true, answers: sets(`${name} 0 CNAME endless.${name}`.slice(0, 400)) });
  if (first === "denied")
    return dnsResponse({
      rcode: DnsRcode.nxDomain,
      authoritative: true,
      authorities: sets(`example. 86400 SOA ns. host. 1 1 1 1 86400`),
    });
  if (first === "failing") return bareResponse(DnsRcode.servFail);
  if (first === "liar" || name.labelCount === 2) return dnsResponse({ authoritative: true });
  return dnsResponse({ authoritative: true, answers: sets(own) });
}

/** What an open resolver says, which serves nothing itself. */
function recursiveAnswer(name: DomainName): DnsReply {
  return dnsResponse({ recursionAvailable: true, answers: sets(`${name} 300 A 192.0.2.99`) });
}

/** A plugin that answers everything by itself. */
export function plugin(answer: (request: DnsRequest) => DnsReply): DnsPlugin {
  return { name: "fake", wrap: () => answer };
}

export const nameOf: (text: string) => DomainName = parseDomainName;
