import type { DnsEncodedSet } from "../../message/answer.ts";
import { type DomainName, nameOfWire } from "../../name/domain-name.ts";
import { DnsType } from "../../records/types.ts";
import { coveredType, unpackNode } from "../contents/packed-node.ts";
import { zoneWarmAnswersMax } from "../limits.ts";
import type { WarmNodes } from "./warm-nodes.ts";
import type { ZoneAnswer } from "./zone-answer.ts";

/** A name of a zone, taken apart because somebody asks about it, with the answers that were made for it. */
export class ZoneNode {
  readonly name: DomainName;
  readonly key: string;
  readonly sets: readonly DnsEncodedSet[];
  /**
   * The highest name above this one, or this one itself, that is delegated; or the highest above it with a DNAME. What
   * stands below is not the zone's to tell.
   */
  readonly cut: ZoneNode | undefined;
  /** Most names are asked one question. */
  #question = -1;
  #answer: ZoneAnswer | undefined;
  #more: Map<number, ZoneAnswer> | undefined;
  /** `null`: there is none. */
  #wildcard: ZoneNode | null | undefined;

  constructor(key: string, packed: string, recordClass: number, cutAbove: ZoneNode | undefined, isApex: boolean) {
    const { wire, sets } = unpackNode(packed, key);
    const name = nameOfWire(wire);
    this.name = name;
    this.key = name.key;
    this.sets = sets.map(({ type, ttl, data }) => ({ name, type, class: recordClass, ttl, data }));
    this.cut = cutAbove ?? (!isApex && this.set(DnsType.NS) !== undefined ? this : undefined);
  }

  set(type: number): DnsEncodedSet | undefined {
    for (const set of this.sets) if (set.type === type) return set;
    return undefined;
  }

  /** The signatures of a set, if there are any (RFC 4035 §3.1.1). */
  signatures(type: number): DnsEncodedSet | undefined {
    return this.sets.find((set) => set.type === DnsType.RRSIG && coveredType(set.type, set.data[0]!) === type);
  }

  /** `*` right below this name, looked up once. */
  wildcard(nodes: WarmNodes): ZoneNode | undefined {
    if (this.#wildcard === undefined) this.#wildcard = nodes.get(nameOfWire(`\x01*${this.name.key}`, true)) ?? null;
    return this.#wildcard ?? undefined;
  }

  kept(question: number): ZoneAnswer | undefined {
    return question === this.#question ? this.#answer : this.#more?.get(question);
  }

  keep(question: number, answer: ZoneAnswer): ZoneAnswer {
    if (this.#answer === undefined) {
      this.#question = question;
      this.#answer = answer;
      return answer;
    }
    this.#more ??= new Map();
    if (this.#more.size < zoneWarmAnswersMax) this.#more.set(question, answer);
    return answer;
  }
}
