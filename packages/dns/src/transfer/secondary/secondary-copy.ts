import { cooperate, FileError, type Reactor, reportFault } from "@hawser/core";
import type { ZoneContents } from "../../authority/contents/zone-contents.ts";
import { isSerialAfter, soaSerial } from "../../authority/serial.ts";
import { Zone, type ZoneOptions } from "../../authority/zone.ts";
import type { ZoneChange } from "../../authority/zone-change.ts";
import type { ZoneTable } from "../../authority/zone-table.ts";
import { DnsType } from "../../records/types.ts";
import { ZoneTransferError } from "../errors.ts";
import type { ZoneTransferLimits } from "../limits.ts";
import type { ZoneSpool } from "./zone-spool.ts";

/** Where a copy is served and kept. */
export interface SecondaryCopyPlace {
  readonly reactor: Reactor;
  readonly table: ZoneTable;
  readonly spool: ZoneSpool | undefined;
  readonly options: ZoneOptions | undefined;
  /** Told when the copy comes into the table, or goes out of it. */
  changed(zone: Zone, isServed: boolean): void;
}

/** The copy of a secondary zone: in the table as long as it is there, and in its file. */
export class SecondaryCopy {
  readonly #place: SecondaryCopyPlace;
  #zone: Zone | undefined;
  /** Steps that were taken since the copy was last kept; `undefined`: the whole zone was. */
  #unkept: ZoneChange[] | undefined = [];

  constructor(place: SecondaryCopyPlace) {
    this.#place = place;
  }

  get zone(): Zone | undefined {
    return this.#zone;
  }

  /** The copy that must be there. What was good at the beginning of an attempt may have expired since. @throws {ZoneTransferError} */
  get present(): Zone {
    if (this.#zone !== undefined) return this.#zone;
    throw new ZoneTransferError("bad-zone", "our copy has expired meanwhile");
  }

  /** Serves what was kept. Gives when that was last found good, in milliseconds since 1970. @throws {FileError} */
  async restore(limits: ZoneTransferLimits): Promise<number | undefined> {
    const { spool, options } = this.#place;
    const kept = await spool?.load((contents) => new Zone(contents, options), limits);
    if (kept !== undefined) this.#publish(kept.zone);
    return kept?.refreshedAt;
  }

  /**
   * Takes the whole zone. How a large one differs from what we have is found in slices.
   * @param isForced takes it though its version is older than ours
   * @throws {ZoneError} `bad-soa` @throws {ZoneTransferError} `behind`
   */
  async replace(contents: ZoneContents, isForced: boolean, signal: AbortSignal): Promise<void> {
    const { clock } = this.#place.reactor;
    const serial = soaSerial(contents.set(contents.origin, DnsType.SOA)!.data[0]!);
    const zone = this.#zone;
    const isNewer = zone === undefined || isSerialAfter(serial, zone.serial);
    if (!isNewer && !isForced && serial !== zone.serial)
      throw new ZoneTransferError("behind", `it is version ${serial}, and ours ${zone.serial}`);
    const isStep = zone !== undefined && isNewer;
    const change = isStep ? await cooperate(zone.differenceTo(contents), { clock, signal }).done : undefined;
    signal.throwIfAborted();
    if (zone !== undefined && zone === this.#zone) zone.replaceWith(contents, change);
    else this.#publish(new Zone(contents, this.#place.options));
    this.#unkept = undefined;
  }

  /** Goes one step on. @throws {ZoneError} when it does not fit */
  apply(change: ZoneChange): void {
    this.present.apply(change);
    this.#unkept?.push(change);
  }

  /**
   * Writes down what is new, and that the copy is good now. A full disk does not make the copy worse: it is a fault, and what
   * was not kept is kept next time.
   */
  async keep(): Promise<void> {
    const { spool, reactor } = this.#place;
    const [zone, changes] = [this.present, this.#unkept];
    if (spool === undefined) return;
    this.#unkept = [];
    try {
      if (changes === undefined) await spool.write(zone);
      else if (changes.length > 0) await spool.append(zone, changes);
      await spool.touch(reactor.clock.wall());
    } catch (error) {
      this.#unkept = undefined;
      if (!(error instanceof FileError)) throw error;
      reportFault(error, `secondary zone ${zone.origin}`);
    }
  }

  /** Serves it no more. It stays in its file. */
  withdraw(): void {
    const { table, changed } = this.#place;
    const zone = this.#zone;
    if (zone === undefined) return;
    this.#zone = undefined;
    if (table.get(zone.origin) === zone) table.remove(zone.origin);
    changed(zone, false);
  }

  /** @throws {StateError} when another zone of this name stands in the table */
  #publish(zone: Zone): void {
    this.#place.table.add(zone);
    this.#zone = zone;
    this.#place.changed(zone, true);
  }
}
