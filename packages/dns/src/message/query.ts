import { type Edns, readEdns } from "../edns/edns.ts";
import { DnsProtocolError } from "../errors.ts";
import type { DomainName } from "../name/domain-name.ts";
import { nameOfOctets } from "../name/suffix-hashes.ts";
import { DnsType } from "../records/types.ts";
import { DnsReader, plainNameEnd } from "../wire/reader.ts";
import { decodeDnsMessage } from "./decode.ts";
import { DnsFlag } from "./flags.ts";
import { type DnsMessage, dnsHeaderOctets } from "./message.ts";

/**
 * What a server looks at first: header, question and EDNS of a message, taken out of it without records and lists. The rest
 * is read when {@link DnsQuery.message} is asked for, which nobody does for an ordinary question.
 */
export interface DnsQuery {
  readonly octets: Uint8Array;
  readonly id: number;
  /** The header's second word: {@link DnsFlag} names its bits. */
  readonly flags: number;
  readonly opcode: number;
  readonly name: DomainName;
  /** The type's number: {@link DnsType} has those with a name. */
  readonly type: number;
  readonly class: number;
  /** One past the last octet of the question, which begins at 12. */
  readonly questionEnd: number;
  readonly edns: Edns | undefined;
  /** Whether there is nothing else in the message: no second question, no records but OPT. */
  readonly isPlain: boolean;
  /** The whole message. @throws {DnsProtocolError} */
  message(): DnsMessage;
}

/**
 * Reads what a server needs to know of a question. A plain one is read whole; of everything else only the beginning, so
 * that faults behind it show in {@link DnsQuery.message}.
 *
 * @throws {DnsProtocolError} when there is no header or no question, or a plain question is malformed
 */
export function decodeDnsQuery(octets: Uint8Array): DnsQuery {
  if (octets.length < dnsHeaderOctets) throw new DnsProtocolError("truncated");
  const flags = uint16At(octets, 2);
  const questions = uint16At(octets, 4);
  const additionals = uint16At(octets, 10);
  if (questions === 0) throw new DnsProtocolError("truncated", "there is no question");
  const nameEnd = plainNameEnd(octets, dnsHeaderOctets, octets.length);
  const questionEnd = nameEnd + 4;
  if (nameEnd === 0 || questionEnd > octets.length) throw faultOf(octets);
  const isShort = questions === 1 && uint16At(octets, 6) === 0 && uint16At(octets, 8) === 0 && additionals <= 1;
  const reader = isShort && additionals === 1 ? new DnsReader(octets, questionEnd) : undefined;
  const edns = reader && onlyEdns(reader);
  const isPlain = isShort && (additionals === 0 || edns !== undefined);
  if (isPlain && (reader?.at ?? questionEnd) < octets.length) throw new DnsProtocolError("trailing-octets");
  return {
    octets,
    id: uint16At(octets, 0),
    flags,
    opcode: (flags >> 11) & 15,
    name: nameOfOctets(octets, dnsHeaderOctets, nameEnd),
    type: uint16At(octets, nameEnd),
    class: uint16At(octets, nameEnd + 2),
    questionEnd,
    edns,
    isPlain,
    message,
  };
}

/** What is wrong with a question: its name is the first, so there is nothing that a pointer in it could lead to. */
function faultOf(octets: Uint8Array): DnsProtocolError {
  const reader = new DnsReader(octets, dnsHeaderOctets);
  reader.name();
  return new DnsProtocolError("truncated");
}

function uint16At(octets: Uint8Array, at: number): number {
  return (octets[at]! << 8) | octets[at + 1]!;
}

/** One function for all queries: making another for each takes longer than reading a header. */
function message(this: Pick<DnsQuery, "octets">): DnsMessage {
  return decodeDnsMessage(this.octets);
}

/** Whether the octets may be a question at all: a response is never answered (RFC 1035 §7.3). */
export function isDnsQuery(octets: Uint8Array): boolean {
  return octets.length >= dnsHeaderOctets && (octets[2]! & (DnsFlag.qr >> 8)) === 0;
}

/** The OPT record, if that is what comes. */
function onlyEdns(reader: DnsReader): Edns | undefined {
  const { octets, at } = reader;
  if (octets[at] !== 0 || octets[at + 1] !== DnsType.OPT >> 8 || octets[at + 2] !== DnsType.OPT) return undefined;
  reader.at = at + 3;
  return readEdns(reader).edns;
}
