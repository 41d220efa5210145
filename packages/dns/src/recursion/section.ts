import type { DnsEncodedSet } from "../message/answer.ts";
import type { DomainName } from "../name/domain-name.ts";
import type { DnsRecord } from "../records/record.ts";
import { dnsTypeName } from "../records/types.ts";
import { encodeDnsSets } from "../serving/sets.ts";
import { DnsClass } from "../words.ts";

/** A set that a server sent, and the signatures over it. */
export interface SentSet {
  readonly set: DnsEncodedSet;
  readonly signatures: DnsEncodedSet | undefined;
  /** The records themselves, of which there is at least one. */
  readonly records: readonly DnsRecord[];
}

/** The records of one section of a message, by owner and type. What lies outside of a zone is not even looked at. */
export class Section {
  readonly #byOwner = new Map<string, DnsRecord[]>();

  constructor(records: readonly DnsRecord[], zone: DomainName) {
    for (const record of records) {
      if (record.class !== DnsClass.in || !record.name.isWithin(zone)) continue;
      const others = this.#byOwner.get(record.name.key);
      if (others === undefined) this.#byOwner.set(record.name.key, [record]);
      else others.push(record);
    }
  }

  /** The set at a name, spelled as this name is. */
  set(name: DomainName, type: number): SentSet | undefined {
    const typeName = dnsTypeName(type);
    const records = this.#at(name).filter((record) => record.type === typeName);
    const [set] = encodeDnsSets(records.map((record) => ({ ...record, name })));
    return set && { set, signatures: this.#signatures(name, typeName), records };
  }

  /** The set of a type at `name` or above it, the nearest. */
  setAbove(name: DomainName, type: number): SentSet | undefined {
    for (let at: DomainName | undefined = name; at !== undefined; at = at.parent()) {
      const found = this.set(at, type);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** All sets of some types, each followed by its signatures. */
  setsOf(types: readonly string[]): readonly DnsEncodedSet[] {
    const all = [...this.#byOwner.values()].flat();
    const sets = encodeDnsSets(all.filter((record) => types.includes(record.type)));
    return sets.flatMap((set) => {
      const signatures = this.#signatures(set.name, dnsTypeName(set.type));
      return signatures === undefined ? [set] : [set, signatures];
    });
  }

  #signatures(name: DomainName, typeCovered: string): DnsEncodedSet | undefined {
    const covering = this.#at(name).filter(
      (record) => record.type === "RRSIG" && record.data.typeCovered === typeCovered,
    );
    return encodeDnsSets(covering.map((record) => ({ ...record, name })))[0];
  }

  #at(name: DomainName): readonly DnsRecord[] {
    return this.#byOwner.get(name.key) ?? [];
  }
}

/** What proves that something does not exist (RFC 4034 §4, RFC 5155 §3). */
export const denialTypes: readonly string[] = ["NSEC", "NSEC3"];
