import type { DnsEncodedSet } from "../message/answer.ts";
import { zoneHistoryOctetsMax, zoneHistoryRecordsMax } from "./limits.ts";
import { soaSerial } from "./serial.ts";
import type { ZoneChange } from "./zone-change.ts";

/** How much a zone remembers. */
export interface ZoneHistoryOptions {
  /** Default {@link zoneHistoryRecordsMax}. */
  readonly historyRecordsMax?: number | undefined;
  /** Default {@link zoneHistoryOctetsMax}. */
  readonly historyOctetsMax?: number | undefined;
}

/** The last changes of a zone, as far as there is room: the oldest are forgotten first (RFC 1995 §5). */
export class ZoneHistory {
  readonly #recordsMax: number;
  readonly #octetsMax: number;
  #changes: { readonly change: ZoneChange; readonly records: number; readonly octets: number }[] = [];
  #records = 0;
  #octets = 0;

  constructor({ historyRecordsMax, historyOctetsMax }: ZoneHistoryOptions) {
    this.#recordsMax = historyRecordsMax ?? zoneHistoryRecordsMax;
    this.#octetsMax = historyOctetsMax ?? zoneHistoryOctetsMax;
  }

  add(change: ZoneChange): void {
    const { records, octets } = sizeOfChange(change);
    this.#changes.push({ change, records, octets });
    this.#records += records;
    this.#octets += octets;
    while (this.#records > this.#recordsMax || this.#octets > this.#octetsMax) {
      const oldest = this.#changes.shift();
      if (oldest === undefined) break;
      this.#records -= oldest.records;
      this.#octets -= oldest.octets;
    }
  }

  clear(): void {
    this.#changes = [];
    this.#records = 0;
    this.#octets = 0;
  }

  /** The last changes, as many as have so many octets together. */
  youngest(octetsMax: number): readonly ZoneChange[] {
    let octets = 0;
    const before = this.#changes.findLastIndex((one) => {
      octets += one.octets;
      return octets > octetsMax;
    });
    return this.#changes.slice(before + 1).map(({ change }) => change);
  }

  /** The changes from a serial on; `undefined` when they are not known. A serial that came round counts where it was last. */
  since(serial: number): readonly ZoneChange[] | undefined {
    const from = this.#changes.findLastIndex(({ change }) => soaSerial(change.oldSoa.data[0]!) === serial);
    return from < 0 ? undefined : this.#changes.slice(from).map(({ change }) => change);
  }
}

/** How much a change is: its records, both SOA among them, and about how many octets they take in a message. */
export function sizeOfChange({ oldSoa, newSoa, deleted, added }: ZoneChange): { records: number; octets: number } {
  const size = { records: 0, octets: 0 };
  for (const sets of [[oldSoa, newSoa], deleted, added]) for (const set of sets) addSize(size, set);
  return size;
}

function addSize(size: { records: number; octets: number }, { name, data }: DnsEncodedSet): void {
  size.records += data.length;
  for (const octets of data) size.octets += name.octetCount + 10 + octets.length;
}
