import { quote, StateError } from "@hawser/core";
import type { DnsEncodedSet } from "../../message/answer.ts";
import { type DomainName, nameOfWire } from "../../name/domain-name.ts";
import { latin1Of } from "../../name/octets.ts";
import { encodeDnsData } from "../../records/data-octets.ts";
import type { DnsRecord } from "../../records/record.ts";
import { DnsType, dnsTypeNumber } from "../../records/types.ts";
import { DnsClass, formatDnsClass } from "../../words.ts";
import { ZoneError } from "../errors.ts";
import { zoneSetRecordsMax } from "../limits.ts";
import { NameFilter } from "./name-filter.ts";
import {
  coveredType,
  packedRecordCount,
  packNode,
  setFor,
  tooLarge,
  unpackNode,
  type ZoneNodeDraft,
  type ZoneSetDraft,
} from "./packed-node.ts";
import { sameData } from "./same-data.ts";

/**
 * The records of a zone while they are gathered, and then what a zone keeps: names in a map, what stands at each as one
 * string. Whoever gathers adds records in any order, fastest when those of one name come together.
 *
 * ```ts
 * const contents = new ZoneContents(parseDomainName("example.org"));
 * for (const record of parseMasterFile(text, { origin: contents.origin })) contents.addRecord(record);
 * const zone = new Zone(contents);
 * ```
 */
export class ZoneContents {
  readonly origin: DomainName;
  readonly class: number;
  readonly #nodes = new Map<string, string>();
  readonly #filter = new NameFilter();
  /** How many names stand right below one, if any: what keeps an empty non-terminal there (RFC 4592 §2.2.2). */
  readonly #children = new Map<string, number>();
  #recordCount = 0;
  #isTaken = false;
  /** The name that records come for just now. */
  #open: ZoneNodeDraft | undefined;
  #openKey = "";

  constructor(origin: DomainName, recordClass: number = DnsClass.in) {
    this.origin = origin;
    this.class = recordClass;
  }

  get recordCount(): number {
    this.#close();
    return this.#recordCount;
  }

  /** Names, those included that nothing stands at but names below. */
  get nameCount(): number {
    this.#close();
    return this.#nodes.size;
  }

  /**
   * Adds the records of a set. Those that are there already are left out, and the least TTL counts for all (RFC 2181 §5).
   * Gives how many are new. @throws {ZoneError} `out-of-zone`, `too-large`
   *
   * @param notice called for each record that is there already, and once for a TTL that differs
   */
  add(set: DnsEncodedSet, notice?: (oddity: ZoneOddity) => void): number {
    if (this.#isTaken)
      throw new StateError("Cannot add records: they are a zone's already, and it is changed by apply");
    if (set.class !== this.class)
      throw new ZoneError("out-of-zone", `Cannot add records of class ${formatDnsClass(set.class)} to the zone`);
    const draft = this.#draftOf(set.name);
    let added = 0;
    for (const octets of set.data) if (addDatum(draft, set.type, set.ttl, octets, notice)) added++;
    return added;
  }

  /** Adds one record. Gives false when it is there already. @throws {ZoneError} `out-of-zone`, `too-large` */
  addRecord({ name, type, class: recordClass, ttl, data }: DnsRecord, notice?: (oddity: ZoneOddity) => void): boolean {
    const octets = encodeDnsData(type, data as never);
    return this.add({ name, type: dnsTypeNumber(type), class: recordClass, ttl, data: [octets] }, notice) > 0;
  }

  /** The set at a name; signatures of all types together. */
  set(name: DomainName, type: number): DnsEncodedSet | undefined {
    const found = this.draft(name.key)?.sets.filter((set) => set.type === type);
    if (found === undefined || found.length === 0) return undefined;
    const ttl = Math.min(...found.map((set) => set.ttl));
    return { name, type, class: this.class, ttl, data: found.flatMap(({ data }) => data) };
  }

  /** Every set, the SOA first, and signatures of each type for themselves. What changes meanwhile is not seen. */
  sets(): IterableIterator<DnsEncodedSet> {
    this.#close();
    return this.#walk(this.set(this.origin, DnsType.SOA), [...this.#nodes.keys()], [...this.#nodes.values()]);
  }

  *#walk(
    soa: DnsEncodedSet | undefined,
    keys: readonly string[],
    nodes: readonly string[],
  ): Generator<DnsEncodedSet, void> {
    if (soa !== undefined) yield soa;
    for (let i = 0; i < keys.length; i++) {
      const { wire, sets } = unpackNode(nodes[i]!, keys[i]!);
      const name = nameOfWire(wire);
      const isApex = keys[i] === this.origin.key;
      for (const set of sets) if (!isApex || set.type !== DnsType.SOA) yield { ...set, name, class: this.class };
    }
  }

  /** @internal Whether the name of a key is there, with records or without. */
  has(key: string): boolean {
    return this.#nodes.has(key);
  }

  /** @internal Whether a name with this hash may be there; no other is. */
  mayHave(hash: number): boolean {
    if (this.#open !== undefined) this.#close();
    return this.#filter.mayHave(hash);
  }

  /** @internal What stands at the name of a key, to be changed at will: nothing of it is kept. */
  draft(key: string): ZoneNodeDraft | undefined {
    if (this.#open !== undefined) this.#close();
    const packed = this.#nodes.get(key);
    return packed === undefined ? undefined : unpackNode(packed, key);
  }

  /** @internal What is kept of a name, as it is kept. */
  packed(key: string): string | undefined {
    if (this.#open !== undefined) this.#close();
    return this.#nodes.get(key);
  }

  /** @internal All names with what is kept of them. */
  entries(): MapIterator<[key: string, packed: string]> {
    this.#close();
    return this.#nodes.entries();
  }

  /** @internal Puts something else at names, or nothing: at all of them or, when it throws, at none. */
  replaceAll(nodes: ReadonlyMap<string, ZoneNodeDraft>): void {
    this.#close();
    const packed = Array.from(nodes, ([key, node]) => [key, packNode(node, key), node.sets] as const);
    for (const [key, text, sets] of packed) this.#write(key, text, sets);
  }

  /** @internal Nobody adds anything any more but by {@link replaceAll}: a zone has taken the records. */
  take(): void {
    this.#close();
    if (this.#isTaken) throw new StateError("Cannot make a zone of records that are another zone's");
    this.#isTaken = true;
  }

  #draftOf(name: DomainName): ZoneNodeDraft {
    const { key } = name;
    if (this.#open !== undefined && key === this.#openKey) return this.#open;
    if (!name.isWithin(this.origin))
      throw new ZoneError("out-of-zone", `Cannot add ${quote(String(name))} to the zone ${quote(String(this.origin))}`);
    this.#close();
    const packed = this.#nodes.get(key);
    this.#openKey = key;
    this.#open = packed ? unpackNode(packed, key) : { wire: name.wire, sets: [] };
    return this.#open;
  }

  #close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#write(this.#openKey, packNode(open, this.#openKey), open.sets);
  }

  #write(key: string, packed: string, sets: readonly ZoneSetDraft[]): void {
    const before = this.#nodes.get(key);
    if (before) this.#recordCount -= packedRecordCount(before, key);
    for (const { data } of sets) this.#recordCount += data.length;
    if (packed !== "" || this.#children.has(key)) this.#put(key, packed, before !== undefined);
    else if (before !== undefined) this.#remove(key);
  }

  #put(key: string, packed: string, isThere: boolean): void {
    if (isThere) this.#nodes.set(key, packed);
    else this.#add(key, packed);
    if (isThere || key === this.origin.key) return;
    for (let child = key; child !== this.origin.key; ) {
      const parent = parentKey(child);
      const count = this.#children.get(parent) ?? 0;
      this.#children.set(count > 0 ? parent : flat(parent), count + 1);
      if (this.#nodes.has(parent)) return;
      this.#add(parent, "");
      child = parent;
    }
  }

  #add(key: string, packed: string): void {
    this.#nodes.set(flat(key), packed);
    this.#filter.add(key, this.#nodes);
  }

  /** Takes a name away, and those above it that nothing keeps there any more. */
  #remove(key: string): void {
    for (let child = key; ; ) {
      this.#nodes.delete(child);
      if (child === this.origin.key) return;
      const parent = parentKey(child);
      const count = this.#children.get(parent)! - 1;
      if (count > 0) this.#children.set(parent, count);
      else this.#children.delete(parent);
      if (count > 0 || this.#nodes.get(parent) !== "") return;
      child = parent;
    }
  }
}

/** What is odd about a record that is added: it is there already, or its set has another TTL. */
export type ZoneOddity = "duplicate" | "other-ttl";

/** Adds a datum to what stands at a name; false when it is there already. */
export function addDatum(
  node: ZoneNodeDraft,
  type: number,
  ttl: number,
  octets: Uint8Array,
  notice?: (oddity: ZoneOddity) => void,
): boolean {
  const set = setFor(node.sets, type, coveredType(type, octets));
  if (set === undefined) {
    node.sets.push({ type, ttl, data: [octets] });
    return true;
  }
  if (set.ttl !== ttl) notice?.("other-ttl");
  set.ttl = Math.min(set.ttl, ttl);
  if (set.data.some((one) => sameData(type, one, octets))) {
    notice?.("duplicate");
    return false;
  }
  if (set.data.length >= zoneSetRecordsMax) throw tooLarge(`a set has more than ${zoneSetRecordsMax} records`);
  set.data.push(octets);
  return true;
}

/** The key of the name above. */
export function parentKey(key: string): string {
  return key.slice(1 + key.charCodeAt(0));
}

/** A string that is not made of others, and so keeps no text alive that it was cut from. */
function flat(key: string): string {
  const octets = scratch.subarray(0, key.length);
  for (let i = 0; i < key.length; i++) octets[i] = key.charCodeAt(i);
  return latin1Of(octets);
}

const scratch = new Uint8Array(256);
