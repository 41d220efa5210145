import { type Edns, readEdns } from "../edns/edns.ts";
import { DnsProtocolError } from "../errors.ts";
import type { DomainName } from "../name/domain-name.ts";
import { DnsType } from "../records/types.ts";
import { DnsReader } from "../wire/reader.ts";
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
  const reader = new DnsReader(octets);
  const id = reader.uint16();
  const flags = reader.uint16();
  const questions = reader.uint16();
  const records = reader.uint32(); // of answers and authorities together
  const additionals = reader.uint16();
  if (questions === 0) throw new DnsProtocolError("truncated", "there is no question");
  const name = reader.name();
  const type = reader.uint16();
  const questionClass = reader.uint16();
  const questionEnd = reader.at;
  const isShort = questions === 1 && records === 0 && additionals <= 1;
  const edns = isShort && additionals === 1 ? onlyEdns(reader) : undefined;
  const isPlain = isShort && (additionals === 0 || edns !== undefined);
  if (isPlain && reader.left > 0) throw new DnsProtocolError("trailing-octets");
  const opcode = (flags >> 11) & 15;
  const message = (): DnsMessage => decodeDnsMessage(octets);
  return { octets, id, flags, opcode, name, type, class: questionClass, questionEnd, edns, isPlain, message };
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
