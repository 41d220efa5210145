import type { DomainName } from "../name/domain-name.ts";
import { plainName } from "./fields/names.ts";
import { checkInteger, uint16 } from "./fields/numbers.ts";
import { longOctets } from "./fields/octets.ts";
import { type DnsField, type DnsRecordType, recordOf } from "./record-type.ts";

/** The signature of a message (RFC 8945 §4.2). */
export interface TsigData {
  readonly algorithm: DomainName;
  /** Seconds since 1970, in six octets. */
  readonly timeSigned: number;
  /** How far clocks may be apart. */
  readonly fudgeSeconds: number;
  readonly mac: Uint8Array;
  readonly originalId: number;
  /** 0, or one of {@link DnsRcode} from 16 on. */
  readonly error: number;
  /** The server's clock after BADTIME. */
  readonly other: Uint8Array;
}

const uint48: DnsField<number> = {
  decode: (reader) => reader.uint48(),
  encode: (value, writer) => writer.uint48(checkInteger(value, 2 ** 48 - 1)),
  parse: (words) => words.integer(2 ** 48 - 1),
  format: String,
};

/** TSIG: see {@link TsigData} */
export const tsigRecord: DnsRecordType<"TSIG", TsigData> = recordOf("TSIG", {
  algorithm: plainName,
  timeSigned: uint48,
  fudgeSeconds: uint16,
  mac: longOctets,
  originalId: uint16,
  error: uint16,
  other: longOctets,
});
