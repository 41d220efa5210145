import { isSerialAfter } from "../../authority/serial.ts";
import type { ZoneChange } from "../../authority/zone-change.ts";
import type { SoaData } from "../../records/soa.ts";
import { ZoneTransferError } from "../errors.ts";
import { TransferSetBuilder } from "./set-builder.ts";
import { isSameSoa, setOf, type TransferredRecord } from "./transferred-record.ts";

type SoaRecord = TransferredRecord & { readonly soa: SoaData };

/**
 * The steps from one version to another, record by record. Each is the old SOA, what goes, the new SOA, what comes; the SOA
 * of the last version stands before all of them and behind (RFC 1995 §4).
 */
export class IxfrAssembly {
  readonly #last: SoaData;
  readonly #changes: ZoneChange[] = [];
  #serial: number;
  #oldSoa: TransferredRecord | undefined;
  #newSoa: TransferredRecord | undefined;
  #deleted = new TransferSetBuilder();
  #added = new TransferSetBuilder();
  #isFinished = false;

  /** Begins with the SOA of the last version, and the serial of the one that we have. */
  constructor(last: SoaData, serial: number) {
    this.#last = last;
    this.#serial = serial;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  get changes(): readonly ZoneChange[] {
    return this.#changes;
  }

  /** @throws {ZoneTransferError} `bad-order` */
  take(record: TransferredRecord): void {
    if (this.#isFinished) throw badOrder("records follow the last SOA");
    if (record.soa !== undefined) this.#takeSoa(record as SoaRecord);
    else if (this.#newSoa !== undefined) this.#added.add(record);
    else if (this.#oldSoa !== undefined) this.#deleted.add(record);
    else throw badOrder("differences begin without a SOA");
  }

  #takeSoa(record: SoaRecord): void {
    const isBehindOld = this.#oldSoa !== undefined && this.#newSoa === undefined;
    if (isBehindOld) return this.#beginAdded(record);
    if (this.#newSoa !== undefined) this.#finishChange();
    if (this.#changes.length > 0 && isSameSoa(record.soa, this.#last)) this.#finish();
    else this.#beginDeleted(record);
  }

  #beginDeleted(record: SoaRecord): void {
    if (record.soa.serial !== this.#serial)
      throw badOrder(`the version ${record.soa.serial} is taken from, where ${this.#serial} is reached`);
    this.#oldSoa = record;
  }

  #beginAdded(record: SoaRecord): void {
    if (!isSerialAfter(record.soa.serial, this.#serial))
      throw badOrder(`the version ${record.soa.serial} follows ${this.#serial}`);
    this.#newSoa = record;
    this.#serial = record.soa.serial;
  }

  #finishChange(): void {
    const [deleted, added] = [this.#deleted.sets(), this.#added.sets()];
    this.#changes.push({ oldSoa: setOf(this.#oldSoa!), newSoa: setOf(this.#newSoa!), deleted, added });
    this.#oldSoa = this.#newSoa = undefined;
    this.#deleted = new TransferSetBuilder();
    this.#added = new TransferSetBuilder();
  }

  #finish(): void {
    if (this.#serial !== this.#last.serial) throw badOrder(`it ends at the version ${this.#serial}`);
    this.#isFinished = true;
  }
}

function badOrder(reason: string): ZoneTransferError {
  return new ZoneTransferError("bad-order", reason, { section: "RFC 1995 §4" });
}
