import type { DomainName } from "../../name/domain-name.ts";
import { hashSuffixes, suffixHashes } from "../../name/suffix-hashes.ts";
import { DnsType } from "../../records/types.ts";
import type { ZoneContents } from "../contents/zone-contents.ts";
import { zoneWarmNamesMax } from "../limits.ts";
import { ZoneNode } from "./zone-node.ts";

/**
 * The names of a zone that were asked about lately, taken apart. When so many are that it is time to forget some, the
 * younger half stays: two maps, and what is found in the older one moves to the younger. In a zone of more names than are kept,
 * a name must be asked for twice before it is: what is asked for once would be carried about by the collector for nothing.
 *
 * They are kept by the hashes of their names, which a question's name brings along: of two names with one hash, the one that was
 * asked about last is kept.
 */
export class WarmNodes {
  readonly #contents: ZoneContents;
  #young = new Map<number, ZoneNode>();
  #old = new Map<number, ZoneNode>();
  /** For each part of the hashes, the one that was last seen there; only where names are more than are kept. */
  readonly #seen: Int32Array | undefined;

  constructor(contents: ZoneContents) {
    this.#contents = contents;
    this.#seen = contents.nameCount > zoneWarmNamesMax ? new Int32Array(seenNames) : undefined;
  }

  /** What stands at a name, if that is there; without anything for an empty non-terminal. */
  get(name: DomainName): ZoneNode | undefined {
    hashSuffixes(name);
    const hash = suffixHashes[0]!;
    const node = this.#young.get(hash);
    return node?.key === name.key ? node : this.#warm(name, hash);
  }

  /** Forgets everything: the zone is another. */
  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }

  #warm(name: DomainName, hash: number): ZoneNode | undefined {
    const old = this.#old.get(hash);
    const known = old?.key === name.key ? old : undefined;
    const node = known ?? (this.#contents.mayHave(hash) ? this.#make(name) : undefined);
    if (node === undefined || (known === undefined && this.#isFirst(hash))) return node;
    if (this.#young.size >= zoneWarmNamesMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(hash, node);
    return node;
  }

  #isFirst(hash: number): boolean {
    const seen = this.#seen;
    if (seen === undefined) return false;
    const slot = hash >>> (32 - seenBits);
    const isFirst = seen[slot] !== hash;
    seen[slot] = hash;
    return isFirst;
  }

  #make(name: DomainName): ZoneNode | undefined {
    const { key } = name;
    const packed = this.#contents.packed(key);
    if (packed === undefined) return undefined;
    const { origin, class: recordClass } = this.#contents;
    if (key === origin.key) return new ZoneNode(key, packed, recordClass, undefined, true);
    const parent = this.get(name.parent()!)!;
    const cutAbove = parent.cut ?? (parent.set(DnsType.DNAME) === undefined ? undefined : parent);
    return new ZoneNode(key, packed, recordClass, cutAbove, false);
  }
}

const seenBits = 16;
const seenNames = 1 << seenBits;
