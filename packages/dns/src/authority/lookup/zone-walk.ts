import type { DnsEncodedSet } from "../../message/answer.ts";
import { type DomainName, nameOfWire } from "../../name/domain-name.ts";
import { latin1Of } from "../../name/octets.ts";
import { DnsType } from "../../records/types.ts";
import { type DnsResponse, dnsResponse } from "../../serving/reply.ts";
import { DnsRcode } from "../../words.ts";
import { zoneChainMax } from "../limits.ts";
import { additionalsOf, glueOf } from "./additionals.ts";
import type { ZoneAnswer } from "./zone-answer.ts";
import type { ZoneLookup } from "./zone-lookup.ts";
import type { ZoneNode } from "./zone-node.ts";

/** One question on its way through a zone, from alias to alias (RFC 1034 §4.3.2). */
export class ZoneWalk {
  readonly #zone: ZoneLookup;
  readonly #type: number;
  readonly #dnssecOk: boolean;
  readonly #answers: DnsEncodedSet[] = [];
  /** The names that were on the way: none is followed twice. */
  readonly #seen = new Set<string>();

  constructor(zone: ZoneLookup, type: number, dnssecOk: boolean) {
    this.#zone = zone;
    this.#type = type;
    this.#dnssecOk = dnssecOk;
  }

  from(name: DomainName): ZoneAnswer {
    for (let at = name; ; ) {
      if (!at.isWithin(this.#zone.contents.origin)) return this.#end({}, at);
      if (this.#seen.has(at.key) || this.#seen.size >= zoneChainMax) return this.#end({});
      this.#seen.add(at.key);
      const next = this.#step(at);
      if ("response" in next) return next;
      at = next;
    }
  }

  /** The answer, or the name that the one in question is an alias of. */
  #step(name: DomainName): DomainName | ZoneAnswer {
    const exact = this.#zone.nodes.get(name);
    const encloser = exact ?? this.#zone.closestEncloser(name);
    const { cut } = encloser;
    if (cut !== undefined && cut.cut === cut) {
      return cut === exact && this.#type === DnsType.DS ? this.#data(exact, name) : this.#referral(cut, name);
    }
    const alias = cut ?? (exact === undefined && encloser.set(DnsType.DNAME) !== undefined ? encloser : undefined);
    if (alias !== undefined) return this.#move(alias, name);
    const node = exact ?? this.#zone.wildcardOf(encloser);
    if (node === undefined) return this.#negative(DnsRcode.nxDomain);
    const cname = standsBesideCname(this.#type) ? undefined : node.set(DnsType.CNAME);
    if (cname === undefined) return this.#data(node, name);
    this.#put(node, cname, name);
    return targetOf(cname);
  }

  /** A DNAME above the name moves it elsewhere, and a CNAME tells those who do not know DNAME (RFC 6672 §3.1). */
  #move(node: ZoneNode, name: DomainName): DomainName | ZoneAnswer {
    const dname = node.set(DnsType.DNAME)!;
    this.#put(node, dname, node.name);
    const target = name.moved(node.name, targetOf(dname));
    if (target === undefined) return this.#end({ rcode: DnsRcode.yxDomain });
    this.#answers.push({ ...dname, name, type: DnsType.CNAME, data: [target.toOctets()] });
    return this.#type === DnsType.CNAME ? this.#end({}) : target;
  }

  /** Whoever knows more (RFC 1034 §4.3.2, step 3b), with the address where to ask (RFC 9471 §3). */
  #referral(cut: ZoneNode, name: DomainName): ZoneAnswer {
    const servers = cut.set(DnsType.NS)!;
    const glue = glueOf(servers, this.#zone);
    const authorities = [servers, ...(this.#dnssecOk ? signed(cut, DnsType.DS) : [])];
    return this.#end({ authorities, ...glue }, this.#answers.length > 0 ? name : undefined);
  }

  #data(node: ZoneNode, name: DomainName): ZoneAnswer {
    const sets = this.#wanted(node);
    if (sets.length === 0) return this.#negative(DnsRcode.noError);
    for (const set of sets) this.#put(node, set, name);
    return this.#positive(name, sets);
  }

  #wanted(node: ZoneNode): readonly DnsEncodedSet[] {
    const type = this.#type;
    if (type === DnsType.RRSIG) return node.sets.filter((set) => set.type === type);
    if (type === DnsType.ANY) return this.#zone.options.any === "all" ? node.sets : node.sets.slice(0, 1);
    const set = node.set(type);
    return set === undefined ? [] : [set];
  }

  #positive(name: DomainName, sets: readonly DnsEncodedSet[]): ZoneAnswer {
    const { apex, options } = this.#zone;
    const isApexNs = this.#type === DnsType.NS && name.key === apex.name.key;
    const authorities = options.minimalResponses === false && !isApexNs ? this.#with(apex, DnsType.NS) : [];
    const additionals = additionalsOf([...sets, ...authorities], this.#zone, this.#dnssecOk);
    return this.#end({ authorities, additionals });
  }

  /**
   * There is nothing, or no such name (RFC 2308 §2). That the zone proves it in a way that cannot be forged (RFC 4035 §3.1.3)
   * belongs here: records beside the SOA.
   */
  #negative(rcode: number): ZoneAnswer {
    const { apex, negativeSoa } = this.#zone;
    const signatures = this.#dnssecOk ? apex.signatures(DnsType.SOA) : undefined;
    const authorities =
      signatures === undefined ? [negativeSoa] : [negativeSoa, { ...signatures, ttl: negativeSoa.ttl }];
    return this.#end({ rcode, authorities });
  }

  #end(parts: Partial<Omit<DnsResponse, "type">>, target?: DomainName): ZoneAnswer {
    const isReferral = this.#answers.length === 0 && parts.requiredAdditionals !== undefined;
    return { response: dnsResponse({ authoritative: !isReferral, answers: this.#answers, ...parts }), target };
  }

  #put(node: ZoneNode, set: DnsEncodedSet, name: DomainName): void {
    const owner = name.key === node.name.key ? node.name : name;
    const own = (one: DnsEncodedSet): DnsEncodedSet => (owner === one.name ? one : { ...one, name: owner });
    this.#answers.push(own(set));
    const signatures = this.#dnssecOk && !this.#asksForSignatures ? node.signatures(set.type) : undefined;
    if (signatures !== undefined) this.#answers.push(own(signatures));
  }

  get #asksForSignatures(): boolean {
    return this.#type === DnsType.RRSIG || (this.#type === DnsType.ANY && this.#zone.options.any === "all");
  }

  #with(node: ZoneNode, type: number): readonly DnsEncodedSet[] {
    return this.#dnssecOk ? signed(node, type) : node.sets.filter((set) => set.type === type);
  }
}

/** A set and its signatures, as far as they are there. */
export function signed(node: ZoneNode, type: number): readonly DnsEncodedSet[] {
  return [node.set(type), node.signatures(type)].filter((set) => set !== undefined);
}

/** Types that are told themselves where a CNAME stands: aliases, and what proves them (RFC 1034 §3.6.2, RFC 4035 §2.5). */
function standsBesideCname(type: number): boolean {
  return type === DnsType.CNAME || type === DnsType.ANY || type === DnsType.RRSIG || type === DnsType.NSEC;
}

/** The name that the data of an NS, CNAME or DNAME are. */
function targetOf({ data }: DnsEncodedSet): DomainName {
  return nameOfWire(latin1Of(data[0]!));
}
