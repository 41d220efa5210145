import { type SieveItem, SieveQueue } from "./sieve-queue.ts";

/** How much a {@link SieveMap} holds. */
export interface SieveMapLimits {
  /** Default 100,000. */
  readonly entriesMax?: number | undefined;
  /** What all entries may weigh together, as {@link SieveMap.set} was told. Default 64 MiB. */
  readonly octetsMax?: number | undefined;
}

interface MapItem<Key, Value> extends SieveItem {
  readonly key: Key;
  value: Value;
}

/** A map that forgets what is missed least when it is full, in constant time: see {@link SieveQueue}. */
export class SieveMap<Key, Value> {
  readonly #entriesMax: number;
  readonly #octetsMax: number;
  readonly #items = new Map<Key, MapItem<Key, Value>>();
  readonly #queue = new SieveQueue<MapItem<Key, Value>>();
  #evicted = 0;

  /** @throws {RangeError} when it could hold nothing */
  constructor({ entriesMax = 100_000, octetsMax = 67_108_864 }: SieveMapLimits = {}) {
    if (!(entriesMax >= 1) || !(octetsMax >= 1))
      throw new RangeError(`Cannot make a map of ${entriesMax} entries and ${octetsMax} octets`);
    this.#entriesMax = entriesMax;
    this.#octetsMax = octetsMax;
  }

  get size(): number {
    return this.#items.size;
  }

  /** What the entries weigh. */
  get octets(): number {
    return this.#queue.octets;
  }

  /** How many were thrown out to make room. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Gives a value, and remembers that it was wanted. */
  get(key: Key): Value | undefined {
    const item = this.#items.get(key);
    if (item === undefined) return undefined;
    item.used = true;
    return item.value;
  }

  /** Gives a value as if nobody had looked. */
  peek(key: Key): Value | undefined {
    return this.#items.get(key)?.value;
  }

  /**
   * Puts a value in the place of the one before, and throws out others until there is room.
   *
   * @param octets what it weighs, its key included
   * @returns false when it alone is too heavy: then the key has no value
   */
  set(key: Key, value: Value, octets: number): boolean {
    const before = this.#items.get(key);
    if (before !== undefined) this.#drop(before);
    if (octets > this.#octetsMax) return false;
    while (this.size >= this.#entriesMax || this.octets + octets > this.#octetsMax) this.#evict();
    const item = { key, value, octets, used: before?.used ?? false, newer: undefined, older: undefined };
    this.#items.set(key, item);
    this.#queue.add(item);
    return true;
  }

  delete(key: Key): boolean {
    const item = this.#items.get(key);
    if (item !== undefined) this.#drop(item);
    return item !== undefined;
  }

  clear(): void {
    this.#items.clear();
    this.#queue.clear();
  }

  /** All entries, those first that came first. */
  *entries(): Generator<readonly [Key, Value], void> {
    for (const { key, value } of this.#items.values()) yield [key, value];
  }

  #drop(item: MapItem<Key, Value>): void {
    this.#items.delete(item.key);
    this.#queue.remove(item);
  }

  #evict(): void {
    const item = this.#queue.evict();
    if (item === undefined) return;
    this.#items.delete(item.key);
    this.#evicted++;
  }
}
