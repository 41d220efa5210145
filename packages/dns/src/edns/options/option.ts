import type { DnsReader } from "../../wire/reader.ts";
import type { DnsWriter } from "../../wire/writer.ts";

/** A kind of option: its code, and its content in all directions. */
export interface EdnsOptionKind<Option extends { readonly type: string }> {
  readonly type: Option["type"];
  /** IANA, DNS EDNS0 Option Codes. */
  readonly code: number;
  /** Reads up to the reader's end. @throws {DnsProtocolError} */
  decode(reader: DnsReader): Option;
  /** @throws {RangeError} for what the wire cannot hold */
  encode(option: Option, writer: DnsWriter): void;
  /** As `dig` prints it: `COOKIE: 2464c4abcf10c957`. */
  format(option: Option): string;
}
