import type { DomainName } from "../name/domain-name.ts";

const topFactor = 5;

/** Counts what is under way for each zone, so that slow servers of one do not take the room of all. */
export class ZoneQuota {
  readonly #max: number;
  readonly #counts = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Takes a place; false when none is left. The root and TLDs have more: everybody's way leads through them. */
  take({ key, labelCount }: DomainName): boolean {
    const count = this.#counts.get(key) ?? 0;
    if (count >= (labelCount < 2 ? topFactor * this.#max : this.#max)) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  give({ key }: DomainName): void {
    const count = this.#counts.get(key)! - 1;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }
}
