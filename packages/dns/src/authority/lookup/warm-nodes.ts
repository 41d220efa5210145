import { DnsType } from "../../records/types.ts";
import type { ZoneContents } from "../contents/zone-contents.ts";
import { parentKey } from "../contents/zone-contents.ts";
import { zoneWarmNamesMax } from "../limits.ts";
import { ZoneNode } from "./zone-node.ts";

/**
 * The names of a zone that were asked about lately, taken apart. When so many are that it is time to forget some, the
 * younger half stays: two maps, and what is found in the older one moves to the younger.
 */
export class WarmNodes {
  readonly #contents: ZoneContents;
  #young = new Map<string, ZoneNode>();
  #old = new Map<string, ZoneNode>();

  constructor(contents: ZoneContents) {
    this.#contents = contents;
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
    const node = this.#old.get(key) ?? this.#make(key);
    if (node === undefined) return undefined;
    if (this.#young.size >= zoneWarmNamesMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, node);
    return node;
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
