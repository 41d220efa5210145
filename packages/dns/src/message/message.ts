import type { Edns, EdnsInit } from "../edns/edns.ts";
import type { DomainName } from "../name/domain-name.ts";
import type { DnsRecord, DnsRecordOf } from "../records/record.ts";
import type { DnsTypeName, DnsUnknownTypeName } from "../records/types.ts";

/** What a message asks for; in an update, the zone that it is about (RFC 1035 §4.1.2, RFC 2136 §2.3). */
export interface DnsQuestion {
  readonly name: DomainName;
  /** A type of records, or one that only questions have, like `ANY`. */
  readonly type: DnsTypeName | DnsUnknownTypeName;
  /** One of {@link DnsClass}. */
  readonly class: number;
}

/** A header without its counts (RFC 1035 §4.1.1). */
export interface DnsHeader {
  readonly id: number;
  /** QR: this is a response. */
  readonly response: boolean;
  /** One of {@link DnsOpcode}. */
  readonly opcode: number;
  /** AA: whoever says this has authority over the name. */
  readonly authoritative: boolean;
  /** TC: there was not enough room. */
  readonly truncated: boolean;
  /** RD */
  readonly recursionDesired: boolean;
  /** RA */
  readonly recursionAvailable: boolean;
  /** AD: the data were validated (RFC 4035 §3.2.3). */
  readonly authenticData: boolean;
  /** CD: the data need not be validated (RFC 4035 §3.2.2). */
  readonly checkingDisabled: boolean;
}

/** A whole message. In updates the sections are zone, prerequisites, updates and additionals (RFC 2136 §2). */
export interface DnsMessage extends DnsHeader {
  /** One of {@link DnsRcode}; the upper bits come from EDNS. */
  readonly rcode: number;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  /** Without the OPT and TSIG records. */
  readonly additionals: readonly DnsRecord[];
  readonly edns: Edns | undefined;
  readonly tsig: DnsRecordOf<"TSIG"> | undefined;
}

/** A message to be sent: what is left out is false, 0, or nothing. */
export type DnsMessageInit = {
  readonly [Key in keyof Omit<DnsMessage, "edns">]?: DnsMessage[Key] | undefined;
} & { readonly edns?: EdnsInit | undefined };

/** Octets of a header. */
export const dnsHeaderOctets = 12;
