import type { DomainName } from "../name/domain-name.ts";

const topFactor = 5;

/** Counts what is under way, in all and for each zone, so that slow servers of one do not take the room of all. */
export class ZoneQuota {
  readonly #max: number;
  readonly #zoneMax: number;
  readonly #counts = new Map<string, number>();
  #count = 0;

  constructor(max: number, zoneMax: number) {
    this.#max = max;
    this.#zoneMax = zoneMax;
  }

  /** Takes a place; false when none is left. The root and TLDs have more: everybody's way leads through them. */
  take({ key, labelCount }: DomainName): boolean {
    const count = this.#counts.get(key) ?? 0;
    const zoneMax = labelCount < 2 ? topFactor * this.#zoneMax : this.#zoneMax;
    if (count >= zoneMax || this.#count >= this.#max) return false;
    this.#counts.set(key, count + 1);
    this.#count++;
    return true;
  }

  give({ key }: DomainName): void {
    const count = this.#counts.get(key)! - 1;
    this.#count--;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }
}
