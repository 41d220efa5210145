import type { DnsEncodedSet } from "../../message/answer.ts";
import { type DomainName, nameOfWire } from "../../name/domain-name.ts";
import { hashSuffixes, suffixHashes } from "../../name/suffix-hashes.ts";
import { DnsType } from "../../records/types.ts";
import type { ZoneContents } from "../contents/zone-contents.ts";
import { WarmNodes } from "./warm-nodes.ts";
import type { ZoneAnswer, ZoneAnswerOptions } from "./zone-answer.ts";
import type { ZoneNode } from "./zone-node.ts";
import { ZoneWalk } from "./zone-walk.ts";

/** Below the types, in the keys that answers are kept by. */
const referralKey = 0x20000;

/**
 * Finds what a zone says to a question (RFC 1034 §4.3.2, as RFC 4592 §3.3 and RFC 6672 §3.2 have made it clear): two lookups in
 * maps for a name that was asked about before; one for each label down to where names end for one that does not exist.
 */
export class ZoneLookup {
  readonly contents: ZoneContents;
  readonly nodes: WarmNodes;
  readonly options: ZoneAnswerOptions;
  readonly #originLabels: number;
  /** What is said of names that do not exist, without signatures and with them. */
  readonly #noName: (ZoneAnswer | undefined)[] = [undefined, undefined];
  #apex: ZoneNode | undefined;
  #soa: DnsEncodedSet | undefined;

  constructor(contents: ZoneContents, options: ZoneAnswerOptions) {
    this.contents = contents;
    this.options = options;
    this.nodes = new WarmNodes(contents);
    this.#originLabels = contents.origin.labelCount;
  }

  get apex(): ZoneNode {
    this.#apex ??= this.nodes.get(this.contents.origin)!;
    return this.#apex;
  }

  /** The SOA as negative answers carry it: kept no longer than its minimum says (RFC 2308 §3). */
  get negativeSoa(): DnsEncodedSet {
    this.#soa ??= asNegative(this.apex.set(DnsType.SOA)!);
    return this.#soa;
  }

  /** Forgets what was kept ready, because the contents have changed. */
  clear(): void {
    this.nodes.clear();
    this.#noName.fill(undefined);
    this.#apex = undefined;
    this.#soa = undefined;
  }

  /** The answer to a question about a name within the zone. */
  answer(name: DomainName, type: number, dnssecOk: boolean): ZoneAnswer {
    const node = this.nodes.get(name);
    if (node !== undefined) return this.#atNode(node, node.name, type, dnssecOk);
    const encloser = this.closestEncloser(name);
    if (encloser.cut !== undefined) return this.#belowCut(encloser.cut, name, type, dnssecOk);
    if (encloser.set(DnsType.DNAME) !== undefined) return this.#walk(name, type, dnssecOk);
    const wildcard = this.wildcardOf(encloser);
    if (wildcard === undefined) return this.#nameError(name, type, dnssecOk);
    return this.#fromWildcard(wildcard, name, type, dnssecOk);
  }

  /** The last name on the way down from the apex that exists (RFC 4592 §3.3.1). Work ends there, however long the name is. */
  closestEncloser(name: DomainName): ZoneNode {
    const { contents } = this;
    let encloser = "";
    for (let label = hashSuffixes(name) - this.#originLabels - 1; label >= 0; label--) {
      if (!contents.mayHave(suffixHashes[label]!)) break;
      const below = name.key.slice(labelStart(name, label));
      if (!contents.has(below)) break;
      encloser = below;
    }
    return encloser === "" ? this.apex : this.nodes.get(nameOfWire(encloser, true))!;
  }

  /** What names are made from that do not exist right below another (RFC 4592 §3.3.1). */
  wildcardOf(encloser: ZoneNode): ZoneNode | undefined {
    return encloser.wildcard(this.nodes);
  }

  #atNode(node: ZoneNode, name: DomainName, type: number, dnssecOk: boolean): ZoneAnswer {
    const question = type * 2 + (dnssecOk ? 1 : 0);
    return node.kept(question) ?? node.keep(question, this.#walk(name, type, dnssecOk));
  }

  #belowCut(cut: ZoneNode, name: DomainName, type: number, dnssecOk: boolean): ZoneAnswer {
    if (cut.cut !== cut) return this.#walk(name, type, dnssecOk); // below a DNAME
    const question = referralKey * 2 + (dnssecOk ? 1 : 0);
    return cut.kept(question) ?? cut.keep(question, this.#walk(name, type, dnssecOk));
  }

  /** The answer for the wildcard itself, told under the name that was asked for. Chains are followed anew. */
  #fromWildcard(wildcard: ZoneNode, name: DomainName, type: number, dnssecOk: boolean): ZoneAnswer {
    if (wildcard.cut !== undefined) return this.#walk(name, type, dnssecOk);
    const { response, target } = this.#atNode(wildcard, wildcard.name, type, dnssecOk);
    const { answers } = response;
    if (target !== undefined || answers.some((set) => set.name !== wildcard.name))
      return this.#walk(name, type, dnssecOk);
    return { response: { ...response, answers: answers.map((set) => ({ ...set, name })) }, target };
  }

  #nameError(name: DomainName, type: number, dnssecOk: boolean): ZoneAnswer {
    const kept = dnssecOk ? 1 : 0;
    this.#noName[kept] ??= this.#walk(name, type, dnssecOk);
    return this.#noName[kept];
  }

  #walk(name: DomainName, type: number, dnssecOk: boolean): ZoneAnswer {
    return new ZoneWalk(this, type, dnssecOk).from(name);
  }
}

/** Where a label of a name begins. */
function labelStart({ wire }: DomainName, label: number): number {
  let at = 0;
  for (let left = label; left > 0; left--) at += wire.charCodeAt(at) + 1;
  return at;
}

function asNegative(soa: DnsEncodedSet): DnsEncodedSet {
  const data = soa.data[0]!;
  const minimum = new DataView(data.buffer, data.byteOffset, data.length).getUint32(data.length - 4);
  return { ...soa, ttl: Math.min(soa.ttl, minimum) };
}
