import { checkInteger } from "../records/fields/numbers.ts";
import type { DnsHeader, DnsMessageInit } from "./message.ts";

/** The bits of a header's second word (RFC 1035 §4.1.1, RFC 4035 §3). */
export const DnsFlag = { qr: 0x8000, aa: 0x0400, tc: 0x0200, rd: 0x0100, ra: 0x0080, ad: 0x0020, cd: 0x0010 } as const;

/** Takes a header's second word apart. The bit that is reserved is ignored. */
export function headerOf(id: number, flags: number): DnsHeader {
  return {
    id,
    response: (flags & DnsFlag.qr) !== 0,
    opcode: (flags >> 11) & 15,
    authoritative: (flags & DnsFlag.aa) !== 0,
    truncated: (flags & DnsFlag.tc) !== 0,
    recursionDesired: (flags & DnsFlag.rd) !== 0,
    recursionAvailable: (flags & DnsFlag.ra) !== 0,
    authenticData: (flags & DnsFlag.ad) !== 0,
    checkingDisabled: (flags & DnsFlag.cd) !== 0,
  };
}

/** Puts a header's second word together; of the rcode the lower four bits. */
export function flagsOf(message: Omit<DnsMessageInit, "id">): number {
  let flags = (checkInteger(message.opcode ?? 0, 15) << 11) | (checkInteger(message.rcode ?? 0, 0xfff) & 15);
  if (message.response) flags |= DnsFlag.qr;
  if (message.authoritative) flags |= DnsFlag.aa;
  if (message.truncated) flags |= DnsFlag.tc;
  if (message.recursionDesired) flags |= DnsFlag.rd;
  if (message.recursionAvailable) flags |= DnsFlag.ra;
  if (message.authenticData) flags |= DnsFlag.ad;
  if (message.checkingDisabled) flags |= DnsFlag.cd;
  return flags;
}
