import { type Edns, readEdns } from "../edns/edns.ts";
import { DnsProtocolError } from "../errors.ts";
import type { DomainName } from "../name/domain-name.ts";
import type { DnsRecord, DnsRecordOf } from "../records/record.ts";
import { dataFieldOf, recordTypeName } from "../records/table.ts";
import { DnsType, dnsTypeName } from "../records/types.ts";
import { unknownData } from "../records/unknown.ts";
import { DnsReader } from "../wire/reader.ts";
import { DnsClass } from "../words.ts";
import { headerOf } from "./flags.ts";
import type { DnsHeader, DnsMessage, DnsQuestion } from "./message.ts";

/**
 * Reads a message, all of it (RFC 1035 §4). Records are copied out of the octets, so that these may be used again.
 *
 * @throws {DnsProtocolError} for whatever is no message; nothing else
 */
export function decodeDnsMessage(octets: Uint8Array): DnsMessage {
  const reader = new DnsReader(octets);
  const id = reader.uint16();
  const flags = reader.uint16();
  const questionCount = reader.uint16();
  const answerCount = reader.uint16();
  const authorityCount = reader.uint16();
  const additionalCount = reader.uint16();
  const questions = times(questionCount, reader, readQuestion);
  const answers = times(answerCount, reader, readOrdinaryRecord);
  const authorities = times(authorityCount, reader, readOrdinaryRecord);
  const { additionals, edns, rcodeHigh, tsig } = readAdditionals(reader, additionalCount);
  if (reader.left > 0) throw new DnsProtocolError("trailing-octets");
  const rcode = (rcodeHigh << 4) | (flags & 15);
  return messageOf(headerOf(id, flags), { rcode, questions, answers, authorities, additionals, edns, tsig });
}

/** One literal with all names: spreading two objects into it takes V8 ten times as long as all the rest. */
function messageOf(header: DnsHeader, body: Omit<DnsMessage, keyof DnsHeader>): DnsMessage {
  return {
    id: header.id,
    response: header.response,
    opcode: header.opcode,
    authoritative: header.authoritative,
    truncated: header.truncated,
    recursionDesired: header.recursionDesired,
    recursionAvailable: header.recursionAvailable,
    authenticData: header.authenticData,
    checkingDisabled: header.checkingDisabled,
    rcode: body.rcode,
    questions: body.questions,
    answers: body.answers,
    authorities: body.authorities,
    additionals: body.additionals,
    edns: body.edns,
    tsig: body.tsig,
  };
}

/** Reads a question (RFC 1035 §4.1.2). */
export function readQuestion(reader: DnsReader): DnsQuestion {
  return { name: reader.name(), type: dnsTypeName(reader.uint16()), class: reader.uint16() };
}

interface Additionals {
  readonly additionals: readonly DnsRecord[];
  readonly edns: Edns | undefined;
  readonly rcodeHigh: number;
  readonly tsig: DnsRecordOf<"TSIG"> | undefined;
}

/** OPT stands there once at most (RFC 6891 §6.1.1), and nothing follows TSIG (RFC 8945 §5.1). */
function readAdditionals(reader: DnsReader, count: number): Additionals {
  const additionals: DnsRecord[] = [];
  let edns: Edns | undefined;
  let rcodeHigh = 0;
  let tsig: DnsRecordOf<"TSIG"> | undefined;
  for (let i = 0; i < count; i++) {
    const name = reader.name();
    const type = reader.uint16();
    if (type === DnsType.OPT) {
      if (!name.isRoot || edns !== undefined) throw new DnsProtocolError("bad-edns");
      ({ edns, rcodeHigh } = readEdns(reader));
      continue;
    }
    const record = readRecordOf(name, type, reader);
    if (record.type !== "TSIG") additionals.push(record);
    else if (i === count - 1 && record.class === DnsClass.any && record.ttl === 0) tsig = record;
    else throw new DnsProtocolError("bad-tsig", "it is not the last record, or has a class or TTL of its own");
  }
  return { additionals, edns, rcodeHigh, tsig };
}

/** A record that is neither OPT nor TSIG, which stand among the additionals. */
function readOrdinaryRecord(reader: DnsReader): DnsRecord {
  const name = reader.name();
  const type = reader.uint16();
  if (type === DnsType.OPT) throw new DnsProtocolError("bad-edns", "it is not among the additional records");
  if (type === DnsType.TSIG) throw new DnsProtocolError("bad-tsig", "it is not among the additional records");
  return readRecordOf(name, type, reader);
}

/** Reads a record behind its type. What has no data is no value of its type: only updates have such (RFC 2136 §2.4). */
function readRecordOf(name: DomainName, type: number, reader: DnsReader): DnsRecord {
  const recordClass = reader.uint16();
  const ttl = reader.uint32();
  const length = reader.uint16();
  const end = reader.at + length;
  if (end > reader.end) throw new DnsProtocolError("truncated");
  const isBare = length === 0 && recordClass >= DnsClass.none;
  const outer = reader.end;
  reader.end = end;
  const data = (isBare ? unknownData : dataFieldOf(type)).decode(reader);
  reader.end = outer;
  if (reader.at !== end) throw new DnsProtocolError("bad-rdata", `${end - reader.at} octets are left over`);
  const typeName = isBare ? `TYPE${type}` : recordTypeName(type);
  return { name, type: typeName, class: recordClass, ttl: ttl > ttlMax ? 0 : ttl, data } as DnsRecord;
}

/** What has its first bit set counts as 0 (RFC 2181 §8). */
const ttlMax = 0x7fffffff;

/** No list is longer than the message can hold: reading ends with a fault where the octets end. */
function times<T>(count: number, reader: DnsReader, read: (reader: DnsReader) => T): readonly T[] {
  const all: T[] = [];
  for (let i = 0; i < count; i++) all.push(read(reader));
  return all;
}
