/** What stands in a {@link SieveQueue}. The queue alone writes to the first three. */
export interface SieveItem {
  newer: SieveItem | undefined;
  older: SieveItem | undefined;
  /** What it weighs. */
  octets: number;
  /** Set by whoever uses the item: it is not the next to go. */
  used: boolean;
}

/**
 * Tells what to throw away first: SIEVE (Zhang and others, NSDI 2024), which keeps what is asked for again at least as well
 * as LRU does, and whose hits write one bit. A hand goes from the oldest to the newest and takes the first that
 * was not used since it last came by. Every step takes constant time, spread over all of them.
 */
export class SieveQueue<Item extends SieveItem> {
  #oldest: SieveItem | undefined;
  #newest: SieveItem | undefined;
  #hand: SieveItem | undefined;
  #size = 0;
  #octets = 0;

  get size(): number {
    return this.#size;
  }

  /** What all together weigh. */
  get octets(): number {
    return this.#octets;
  }

  /** Puts in an item that stands in no queue. */
  add(item: Item): void {
    item.older = this.#newest;
    item.newer = undefined;
    if (this.#newest === undefined) this.#oldest = item;
    else this.#newest.newer = item;
    this.#newest = item;
    this.#size++;
    this.#octets += item.octets;
  }

  /** Takes out an item that stands in this queue. */
  remove(item: Item): void {
    if (this.#hand === item) this.#hand = item.newer;
    if (item.older === undefined) this.#oldest = item.newer;
    else item.older.newer = item.newer;
    if (item.newer === undefined) this.#newest = item.older;
    else item.newer.older = item.older;
    item.older = undefined;
    item.newer = undefined;
    this.#size--;
    this.#octets -= item.octets;
  }

  /** Takes out the one that is missed least; `undefined` when there is none. */
  evict(): Item | undefined {
    let item = this.#hand ?? this.#oldest;
    while (item?.used) {
      item.used = false;
      item = item.newer ?? this.#oldest;
    }
    if (item === undefined) return undefined;
    this.#hand = item;
    this.remove(item as Item);
    return item as Item;
  }

  clear(): void {
    this.#oldest = undefined;
    this.#newest = undefined;
    this.#hand = undefined;
    this.#size = 0;
    this.#octets = 0;
  }
}
