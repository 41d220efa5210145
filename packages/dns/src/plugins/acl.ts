import { type IpNetwork, networkHolds, parseIp, parseIpNetwork } from "@hawser/core";
import { SieveMap } from "../cache/sieve-map.ts";
import { ExtendedDnsError } from "../edns/options/extended-error.ts";
import type { DomainName } from "../name/domain-name.ts";
import { type DnsTypeName, type DnsUnknownTypeName, dnsTypeNumber } from "../records/types.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import { type DnsReply, explainedResponse } from "../serving/reply.ts";
import { type DnsRequest, dnsPeerHost } from "../serving/request.ts";
import { DnsRcode } from "../words.ts";
import { isWithinAny, namesOf } from "./names.ts";

/** A rule of {@link aclPlugin}. It holds when all that it names holds; one that names nothing always does. */
export interface DnsAclRule {
  readonly do: "allow" | "drop" | "refuse";
  /** Networks: `192.0.2.0/24`, `2001:db8::/32`, `192.0.2.7`. Over UDP anybody may claim to come from anywhere: see `proven`. */
  readonly from?: string | readonly string[] | undefined;
  /** Whether the address is proven, by a stream or a cookie (RFC 7873 §5.2.3), or is not. */
  readonly proven?: boolean | undefined;
  /** What is asked for: `["AXFR", "ANY"]`. */
  readonly types?: readonly (DnsTypeName | DnsUnknownTypeName)[] | undefined;
  /** What the name is within. */
  readonly zones?: DomainName | string | readonly (DomainName | string)[] | undefined;
  /** Names of keys, one of which has signed the request (RFC 8945). */
  readonly keys?: DomainName | string | readonly (DomainName | string)[] | undefined;
}

/**
 * Lets requests through, refuses them, or says nothing: the first rule that holds decides, and without one the request goes
 * on. Put `{ do: "refuse" }` last to allow only what the rules before it name.
 *
 * @throws {RangeError} when a network cannot be read
 * @throws {DnsTextError} when a name cannot be read
 */
export function aclPlugin(rules: readonly DnsAclRule[]): DnsPlugin {
  const all = rules.map((rule) => new CompiledRule(rule));
  const peers = new PeerOctets();
  return {
    name: "acl",
    wrap: (next) => (request) => {
      const rule = all.find((one) => one.holds(request, peers));
      return rule === undefined || rule.do === "allow" ? next(request) : replies[rule.do];
    },
  };
}

const replies: Readonly<Record<"drop" | "refuse", DnsReply>> = {
  drop: { type: "drop" },
  refuse: explainedResponse(DnsRcode.refused, ExtendedDnsError.prohibited, ""),
};

class CompiledRule {
  readonly do: DnsAclRule["do"];
  readonly #networks: readonly IpNetwork[] | undefined;
  readonly #proven: boolean | undefined;
  readonly #types: ReadonlySet<number> | undefined;
  readonly #zones: readonly DomainName[] | undefined;
  readonly #keys: ReadonlySet<string> | undefined;

  constructor({ do: what, from, proven, types, zones, keys }: DnsAclRule) {
    this.do = what;
    this.#proven = proven;
    this.#networks = from === undefined ? undefined : [from].flat().map((text) => parseIpNetwork(text));
    this.#types = types && new Set(types.map((type) => dnsTypeNumber(type)));
    this.#zones = zones === undefined ? undefined : namesOf(zones);
    this.#keys = keys === undefined ? undefined : new Set(namesOf(keys).map(({ key }) => key));
  }

  holds(request: DnsRequest, peers: PeerOctets): boolean {
    const { query, tsigKey, transport, isAddressProven = transport !== "udp" } = request;
    if (this.#proven !== undefined && this.#proven !== isAddressProven) return false;
    if (this.#types?.has(query.type) === false) return false;
    if (this.#keys !== undefined && (tsigKey === undefined || !this.#keys.has(tsigKey.name.key))) return false;
    if (this.#zones !== undefined && !isWithinAny(query.name, this.#zones)) return false;
    return this.#networks === undefined || this.#isFrom(this.#networks, peers.of(request));
  }

  #isFrom(networks: readonly IpNetwork[], octets: Uint8Array | undefined): boolean {
    if (octets === undefined) return false;
    for (const network of networks) if (networkHolds(network, octets)) return true;
    return false;
  }
}

/** The octets of peers' addresses, so that those who ask often are read once. */
class PeerOctets {
  readonly #known = new SieveMap<string, Uint8Array>({ entriesMax: peersMax });

  /** `undefined` for peers that have no address, as behind a UNIX socket. */
  of(request: DnsRequest): Uint8Array | undefined {
    const host = dnsPeerHost(request);
    const known = this.#known.get(host);
    if (known !== undefined) return known;
    const octets = parseIp(host);
    if (octets !== undefined) this.#known.set(host, octets, host.length);
    return octets;
  }
}

/** Peers whose addresses are kept: some hundred kilobytes. */
const peersMax = 1_000;
