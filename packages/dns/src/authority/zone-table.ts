import { quote, StateError } from "@hawser/core";
import type { DomainName } from "../name/domain-name.ts";
import { hashSuffixes, suffixHashes } from "../name/suffix-hashes.ts";
import type { Zone } from "./zone.ts";

/**
 * Zones by their names, which finds the one that a name belongs to: one lookup for each label that a zone's name has, by hashes,
 * so that no text is cut for it.
 */
export class ZoneTable implements Iterable<Zone> {
  readonly #zones = new Map<string, Zone>();
  readonly #byHash = new Map<number, readonly Zone[]>();
  /** Labels that the name of a zone has at most: names below are not looked up. It only grows. */
  #labelsMax = 0;

  constructor(zones: Iterable<Zone> = []) {
    for (const zone of zones) this.add(zone);
  }

  get size(): number {
    return this.#zones.size;
  }

  /** The zone closest above a name, or the one that has this name. */
  find(name: DomainName): Zone | undefined {
    const labels = hashSuffixes(name);
    for (let label = Math.max(0, labels - this.#labelsMax); label <= labels; label++) {
      const zones = this.#byHash.get(suffixHashes[label]!);
      if (zones === undefined) continue;
      for (const zone of zones)
        if (zone.origin.labelCount === labels - label && name.isWithin(zone.origin)) return zone;
    }
    return undefined;
  }

  /** The zone of this very name. */
  get(origin: DomainName): Zone | undefined {
    return this.#zones.get(origin.key);
  }

  /** @throws {StateError} when there is a zone of this name */
  add(zone: Zone): void {
    const { origin } = zone;
    if (this.#zones.has(origin.key))
      throw new StateError(`Cannot add the zone ${quote(String(origin))}: there is one of this name`);
    this.#zones.set(origin.key, zone);
    this.#labelsMax = Math.max(this.#labelsMax, origin.labelCount);
    this.#setHashed(origin, (others) => [...others, zone]);
  }

  /** Takes a zone out. Gives whether it was there. */
  remove(origin: DomainName): boolean {
    this.#setHashed(origin, (zones) => zones.filter((zone) => !zone.origin.equals(origin)));
    return this.#zones.delete(origin.key);
  }

  [Symbol.iterator](): Iterator<Zone> {
    return this.#zones.values();
  }

  #setHashed(origin: DomainName, change: (zones: readonly Zone[]) => readonly Zone[]): void {
    hashSuffixes(origin);
    const hash = suffixHashes[0]!;
    const zones = change(this.#byHash.get(hash) ?? []);
    if (zones.length > 0) this.#byHash.set(hash, zones);
    else this.#byHash.delete(hash);
  }
}
