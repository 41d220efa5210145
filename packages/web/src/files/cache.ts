import type { Instant } from "@hawser/core";
import type { FileRepresentation } from "./representation.ts";

/** What one entry costs beside its content: its fields, its paths, its place in the map. An estimate, to bound their number. */
const entryOctets = 2_048;

/** What was found at one path: the file, and what stands beside it in other codings. */
export interface CachedFile {
  /** In the order of our preference; the file itself is last. */
  readonly representations: readonly FileRepresentation[];
  /** When the tree was last asked about it. */
  readonly checkedAt: Instant;
}

/**
 * Files that were asked for lately, with the content of the small ones, up to a number of octets. Who was not asked for
 * longest goes first; "asked for" is noted when an entry is brought up to date, so that a hit costs one look into a map.
 */
export class FileCache {
  readonly #octetsMax: number;
  readonly #entries = new Map<string, CachedFile>();
  #octets = 0;

  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax;
  }

  get(key: string): CachedFile | undefined {
    return this.#entries.get(key);
  }

  put(key: string, entry: CachedFile): void {
    this.delete(key);
    this.#entries.set(key, entry);
    this.#octets += octetsOf(entry);
    this.#shrink();
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#octets -= octetsOf(entry);
  }

  /** Keeps the content of one of an entry's representations, if the entry is still here. */
  keep(key: string, entry: CachedFile, representation: FileRepresentation, content: Uint8Array): void {
    if (this.#entries.get(key) !== entry || representation.content !== undefined) return;
    representation.content = content;
    this.#octets += content.length;
    this.#shrink();
  }

  #shrink(): void {
    for (const key of this.#entries.keys()) {
      if (this.#octets <= this.#octetsMax) return;
      this.delete(key);
    }
  }
}

function octetsOf(entry: CachedFile): number {
  return entry.representations.reduce((sum, { content }) => sum + (content?.length ?? 0), entryOctets);
}
