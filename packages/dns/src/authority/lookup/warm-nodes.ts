import { DnsType } from "../../records/types.ts";
import type { ZoneContents } from "../contents/zone-contents.ts";
import { parentKey } from "../contents/zone-contents.ts";
import { zoneWarmNamesMax } from "../limits.ts";
import { ZoneNode } from "./zone-node.ts";

/**
 * The names of a zone that were asked about lately, taken apart. When so many are that it is time to forget some, the
 * younger half stays: two maps, and what is found in the older one moves to the younger. In a zone of more names than are kept,
 * a name must be asked for twice before it is: what is asked for once would be carried about by the collector for nothing.
 */
export class WarmNodes {
  readonly #contents: ZoneContents;
  #young = new Map<string, ZoneNode>();
  #old = new Map<string, ZoneNode>();
  /** For each hash, the name that was last seen to have it, by another hash; only where names are more than are kept. */
  readonly #seen: Int32Array | undefined;

  constructor(contents: ZoneContents) {
    this.#contents = contents;
    this.#seen = contents.nameCount > zoneWarmNamesMax ? new Int32Array(seenNames) : undefined;
  }

  /** The name of a key, if it is there; without anything at it for an empty non-terminal. */
  get(key: string): ZoneNode | undefined {
    return this.#young.get(key) ?? this.#warm(key);
  }

  /** Forgets everything: the zone is another. */
  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }

  #warm(key: string): ZoneNode | undefined {
    const known = this.#old.get(key);
    const node = known ?? this.#make(key);
    if (node === undefined || (known === undefined && this.#isFirst(key))) return node;
    if (this.#young.size >= zoneWarmNamesMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, node);
    return node;
  }

  #isFirst(key: string): boolean {
    const seen = this.#seen;
    if (seen === undefined) return false;
    let hash = 0x811c9dc5;
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
    const slot = hash >>> (32 - seenBits);
    const isFirst = seen[slot] !== hash;
    seen[slot] = hash;
    return isFirst;
  }

  #make(key: string): ZoneNode | undefined {
    const packed = this.#contents.packed(key);
    if (packed === undefined) return undefined;
    const { origin, class: recordClass } = this.#contents;
    if (key === origin.key) return new ZoneNode(key, packed, recordClass, undefined, true);
    const parent = this.get(parentKey(key))!;
    const cutAbove = parent.cut ?? (parent.set(DnsType.DNAME) === undefined ? undefined : parent);
    return new ZoneNode(key, packed, recordClass, cutAbove, false);
  }
}

const seenBits = 16;
const seenNames = 1 << seenBits;
