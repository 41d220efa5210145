import type { DnsRecord } from "../records/record.ts";
import type { DnsWriter } from "../wire/writer.ts";
import { DnsFlag } from "./flags.ts";
import type { DnsMessageInit } from "./message.ts";
import { writeRecord } from "./record.ts";

/** How many records of each section were written. */
export interface DnsSectionCounts {
  readonly answers: number;
  readonly authorities: number;
  readonly additionals: number;
}

/**
 * Writes the sections as far as they fit, by whole sets of records. What is missing from answers and authorities is told by
 * TC; what is missing from the additionals only where a delegation does not work without it (RFC 2181 §9, RFC 9471 §3).
 */
export function writeFitting(message: DnsMessageInit, octetsMax: number, writer: DnsWriter): DnsSectionCounts {
  const { answers = [], authorities = [], additionals = [] } = message;
  const counts = { answers: writeSets(answers, octetsMax, writer), authorities: 0, additionals: 0 };
  if (counts.answers < answers.length) return truncated(counts, writer);
  counts.authorities = writeSets(authorities, octetsMax, writer);
  if (counts.authorities < authorities.length) return truncated(counts, writer);
  for (let at = 0; at < additionals.length; ) {
    const end = endOfSet(additionals, at);
    if (writeSet(additionals, at, end, octetsMax, writer)) counts.additionals += end - at;
    else if (isGlue(additionals[at]!, message)) return truncated(counts, writer);
    at = end;
  }
  return counts;
}

/** Gives the number of records up to the first set that does not fit. */
function writeSets(records: readonly DnsRecord[], octetsMax: number, writer: DnsWriter): number {
  for (let at = 0; at < records.length; ) {
    const end = endOfSet(records, at);
    if (!writeSet(records, at, end, octetsMax, writer)) return at;
    at = end;
  }
  return records.length;
}

/** All or nothing. */
function writeSet(
  records: readonly DnsRecord[],
  start: number,
  end: number,
  octetsMax: number,
  writer: DnsWriter,
): boolean {
  const mark = writer.mark();
  for (let at = start; at < end; at++) {
    writeRecord(records[at]!, writer);
    if (writer.written <= octetsMax) continue;
    writer.rewind(mark);
    return false;
  }
  return true;
}

/** Records of one name, type and class that follow each other are one set. */
function endOfSet(records: readonly DnsRecord[], start: number): number {
  const first = records[start]!;
  let end = start + 1;
  for (; end < records.length; end++) {
    const { name, type, class: recordClass } = records[end]!;
    if (type !== first.type || recordClass !== first.class || !name.equals(first.name)) break;
  }
  return end;
}

/** Whether a record is the address of a name server inside of the zone that is delegated (RFC 9471 §2). */
function isGlue({ name, type }: DnsRecord, { answers = [], authorities = [] }: DnsMessageInit): boolean {
  if (answers.length > 0 || (type !== "A" && type !== "AAAA")) return false;
  return authorities.some(
    (record) => record.type === "NS" && name.isWithin(record.name) && record.data.nameServer.equals(name),
  );
}

function truncated(counts: DnsSectionCounts, writer: DnsWriter): DnsSectionCounts {
  writer.octets[writer.base + 2]! |= DnsFlag.tc >> 8;
  return counts;
}
