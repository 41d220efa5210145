import { quote, StateError } from "@hawser/core";
import type { DomainName } from "../name/domain-name.ts";
import type { Zone } from "./zone.ts";

/** Zones by their names, which finds the one that a name belongs to: one lookup for each label that a zone's name has. */
export class ZoneTable implements Iterable<Zone> {
  readonly #zones = new Map<string, Zone>();
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
    const { key } = name;
    let at = 0;
    for (let labels = name.labelCount; ; labels--) {
      const zone = labels > this.#labelsMax ? undefined : this.#zones.get(at === 0 ? key : key.slice(at));
      if (zone !== undefined || labels === 0) return zone;
      at += 1 + key.charCodeAt(at);
    }
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
  }

  /** Takes a zone out. Gives whether it was there. */
  remove(origin: DomainName): boolean {
    return this.#zones.delete(origin.key);
  }

  [Symbol.iterator](): Iterator<Zone> {
    return this.#zones.values();
  }
}
