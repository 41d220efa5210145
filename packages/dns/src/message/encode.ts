import { type EdnsInit, writeEdns } from "../edns/edns.ts";
import { dnsMessageOctetsMax } from "../limits.ts";
import { checkInteger } from "../records/fields/numbers.ts";
import type { DnsRecordOf } from "../records/record.ts";
import { dnsTypeNumber } from "../records/types.ts";
import { DnsWriter } from "../wire/writer.ts";
import { flagsOf } from "./flags.ts";
import type { DnsMessageInit } from "./message.ts";
import { writeRecord } from "./record.ts";
import { type DnsSectionCounts, writeFitting } from "./truncate.ts";

/** How a message is encoded. */
export interface DnsEncodeOptions {
  /**
   * The octets that the receiver takes. What does not fit is left out by whole sets of records, and TC tells it; OPT and TSIG
   * always stay (RFC 2181 §9, RFC 6891 §7). Default 65,535.
   */
  readonly octetsMax?: number | undefined;
  /**
   * Pads the message to a multiple of so many octets, if it has EDNS: 128 for questions, 468 for answers (RFC 8467 §4.1).
   * Only where the message is encrypted. Default: none.
   */
  readonly paddingBlockOctets?: number | undefined;
}

/** Code and length of an option (RFC 6891 §6.1.2). */
const optionHeadOctets = 4;

/**
 * Encodes a message, its names compressed (RFC 1035 §4). It comes out as it was put in: names keep the case of their letters.
 *
 * @throws {RangeError} for what the wire cannot hold, and when not even the questions fit
 */
export function encodeDnsMessage(message: DnsMessageInit, options: DnsEncodeOptions = {}): Uint8Array {
  const writer = spare ?? new DnsWriter();
  spare = undefined; // whoever is called from here gets another
  try {
    writer.begin(0, "compressed");
    writeDnsMessage(message, options, writer);
    return writer.copy();
  } finally {
    spare = writer;
  }
}

/** Used again by every message. */
let spare: DnsWriter | undefined;

/** Encodes a message where the writer has begun. @throws {RangeError} as {@link encodeDnsMessage} */
export function writeDnsMessage(message: DnsMessageInit, options: DnsEncodeOptions, writer: DnsWriter): void {
  const { questions = [], tsig, rcode = 0 } = message;
  const edns = options.paddingBlockOctets === undefined ? message.edns : unpadded(message.edns);
  if (rcode > 15 && edns === undefined) throw new RangeError(`Cannot encode the rcode ${rcode}: it needs EDNS`);
  const octetsMax = Math.min(options.octetsMax ?? dnsMessageOctetsMax, writer.octets.length - writer.base);
  writer.uint16(checkInteger(message.id ?? 0, 0xffff));
  writer.uint16(flagsOf(message));
  for (let i = 0; i < 4; i++) writer.uint16(i === 0 ? checkInteger(questions.length, 0xffff) : 0);
  for (const { name, type, class: questionClass } of questions) {
    writer.compressedName(name);
    writer.uint16(dnsTypeNumber(type));
    writer.uint16(checkInteger(questionClass, 0xffff));
  }
  const last = lastRecords({ edns, tsig, rcode }, options, writer);
  if (writer.written + last > octetsMax)
    throw new RangeError(`Cannot encode the message: ${octetsMax} octets are too few`);
  const counts = writeFitting(message, octetsMax - last, writer);
  if (edns !== undefined) writePadded({ edns, rcode }, last, octetsMax, options, writer);
  if (tsig !== undefined) writeTsig(tsig, writer);
  setCounts(counts, (edns === undefined ? 0 : 1) + (tsig === undefined ? 0 : 1), writer);
}

/** How much room OPT and TSIG need, found by writing them once. */
function lastRecords({ edns, tsig, rcode = 0 }: DnsMessageInit, options: DnsEncodeOptions, writer: DnsWriter): number {
  const mark = writer.mark();
  if (edns !== undefined) writeEdns(edns, rcode, writer);
  if (edns !== undefined && options.paddingBlockOctets !== undefined) writer.at += optionHeadOctets;
  if (tsig !== undefined) writeTsig(tsig, writer);
  const octets = writer.at - mark.at;
  writer.rewind(mark);
  return octets;
}

/** Its name is not compressed, so that it is as long as was reckoned with. */
function writeTsig(tsig: DnsRecordOf<"TSIG">, writer: DnsWriter): void {
  const { form } = writer;
  writer.form = "plain";
  writeRecord(tsig, writer);
  writer.form = form;
}

/** Writes OPT, with as much padding as the block asks for and the room allows. */
function writePadded(
  { edns, rcode = 0 }: DnsMessageInit,
  last: number,
  octetsMax: number,
  { paddingBlockOctets: block }: DnsEncodeOptions,
  writer: DnsWriter,
): void {
  if (block === undefined) return writeEdns(edns!, rcode, writer);
  const octets = writer.written + last;
  const octetCount = Math.min((block - (octets % block)) % block, octetsMax - octets);
  const options = [...(edns?.options ?? []), { type: "padding", octetCount } as const];
  writeEdns({ ...edns, options }, rcode, writer);
}

function unpadded(edns: EdnsInit | undefined): EdnsInit | undefined {
  return edns && { ...edns, options: edns.options?.filter(({ type }) => type !== "padding") };
}

function setCounts({ answers, authorities, additionals }: DnsSectionCounts, last: number, writer: DnsWriter): void {
  const { at } = writer;
  writer.at = writer.base + 6;
  for (const count of [answers, authorities, additionals + last]) writer.uint16(checkInteger(count, 0xffff));
  writer.at = at;
}
