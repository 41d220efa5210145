import { DnsProtocolError } from "../errors.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import { DnsFlag } from "../message/flags.ts";
import type { DnsQuestion } from "../message/message.ts";
import { type DnsQuery, decodeDnsQuery } from "../message/query.ts";
import { dnsTypeName } from "../records/types.ts";
import { DnsReader } from "../wire/reader.ts";

/**
 * Reads a request, all of it: of one that is not plain the whole message too, with its EDNS. `undefined` for what has a fault
 * anywhere, or not exactly one question (RFC 9619 §4).
 */
export function readRequest(octets: Uint8Array): DnsQuery | undefined {
  try {
    const query = decodeDnsQuery(octets);
    if (query.isPlain) return query;
    const message = query.message();
    if (message.questions.length !== 1) return undefined;
    return { ...query, edns: message.edns, message: () => message };
  } catch (error) {
    if (error instanceof DnsProtocolError) return undefined;
    throw error;
  }
}

/** The opcode of what has a header. */
export function opcodeOf(octets: Uint8Array): number {
  return (octets[2]! >> 3) & 15;
}

/** An answer to what may not be read: id, opcode and RD as they came, and the question where it can be made out. */
export function faultAnswer(octets: Uint8Array, rcode: number): Uint8Array {
  const question = readableQuestion(octets);
  return encodeDnsMessage({
    id: (octets[0]! << 8) | octets[1]!,
    response: true,
    opcode: opcodeOf(octets),
    recursionDesired: (octets[2]! & (DnsFlag.rd >> 8)) !== 0,
    rcode,
    questions: question === undefined ? [] : [question],
  });
}

function readableQuestion(octets: Uint8Array): DnsQuestion | undefined {
  if (octets[4] !== 0 || octets[5] !== 1) return undefined;
  try {
    const reader = new DnsReader(octets, 12);
    return { name: reader.name(), type: dnsTypeName(reader.uint16()), class: reader.uint16() };
  } catch (error) {
    if (error instanceof DnsProtocolError) return undefined;
    throw error;
  }
}
