import { ZoneContents } from "../../authority/contents/zone-contents.ts";
import { ZoneError } from "../../authority/errors.ts";
import type { SoaData } from "../../records/soa.ts";
import { ZoneTransferError } from "../errors.ts";
import { isSameSoa, setOf, type TransferredRecord } from "./transferred-record.ts";

/** A whole zone, record by record: its SOA, all others in any order, its SOA again (RFC 5936 §2.2). */
export class AxfrAssembly {
  readonly #soa: SoaData;
  readonly #contents: ZoneContents;
  #isFinished = false;

  /** Begins with the first SOA. */
  constructor(first: TransferredRecord & { readonly soa: SoaData }) {
    this.#soa = first.soa;
    this.#contents = new ZoneContents(first.name, first.class);
    this.#add(first);
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  get contents(): ZoneContents {
    return this.#contents;
  }

  /** @throws {ZoneTransferError} `bad-order`, `bad-zone` */
  take(record: TransferredRecord): void {
    if (this.#isFinished) throw badOrder("records follow the last SOA");
    if (record.soa === undefined) this.#add(record);
    else if (isSameSoa(record.soa, this.#soa)) this.#isFinished = true;
    else throw badOrder("its last SOA is not its first");
  }

  #add(record: TransferredRecord): void {
    try {
      this.#contents.add(setOf(record));
    } catch (cause) {
      if (!(cause instanceof ZoneError)) throw cause;
      throw new ZoneTransferError("bad-zone", cause.message, { cause });
    }
  }
}

function badOrder(reason: string): ZoneTransferError {
  return new ZoneTransferError("bad-order", reason, { section: "RFC 5936 §2.2" });
}
