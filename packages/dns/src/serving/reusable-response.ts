import type { EdnsOption } from "../edns/options/table.ts";
import type { DnsAnswerWriter, DnsEncodedSet, DnsWrittenRecords } from "../message/answer.ts";
import { DnsRcode } from "../words.ts";
import type { DnsResponse } from "./reply.ts";

/** Longer answers take long to send anyway, and many of them would take much memory. */
const keptOctetsMax = 512;

const none: readonly never[] = [];

/**
 * An answer that remembers its records as they were written, for whoever is given the same answer next. It remembers in private
 * fields, which nobody gets who spreads it into another answer; and as long as it lives itself, so there is nothing to expire.
 */
export class ReusableResponse implements DnsResponse {
  #written: DnsWrittenRecords | undefined;
  #isGivenAgain = false;
  readonly type = "response";
  readonly rcode: number;
  readonly authoritative: boolean;
  readonly recursionAvailable: boolean;
  readonly authenticData: boolean;
  readonly truncated: boolean;
  readonly answers: readonly DnsEncodedSet[];
  readonly authorities: readonly DnsEncodedSet[];
  readonly additionals: readonly DnsEncodedSet[];
  readonly requiredAdditionals: number;
  readonly options: readonly EdnsOption[];

  constructor(parts: Partial<Omit<DnsResponse, "type">>) {
    this.rcode = parts.rcode ?? DnsRcode.noError;
    this.authoritative = parts.authoritative ?? false;
    this.recursionAvailable = parts.recursionAvailable ?? false;
    this.authenticData = parts.authenticData ?? false;
    this.truncated = parts.truncated ?? false;
    this.answers = parts.answers ?? none;
    this.authorities = parts.authorities ?? none;
    this.additionals = parts.additionals ?? none;
    this.requiredAdditionals = parts.requiredAdditionals ?? 0;
    this.options = parts.options ?? none;
  }

  get written(): DnsWrittenRecords | undefined {
    return this.#written;
  }

  /** All records were written just now. Those of answers that are given once are not worth keeping. */
  keep(writer: DnsAnswerWriter): void {
    if (this.#isGivenAgain) this.#written ??= writer.written(keptOctetsMax);
    this.#isGivenAgain = true;
  }
}
