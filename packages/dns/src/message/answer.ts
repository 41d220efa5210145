import { type EdnsInit, writeEdns } from "../edns/edns.ts";
import { dnsMessageOctetsMax, dnsUdpOctetsMax } from "../limits.ts";
import { type DomainName, rootName } from "../name/domain-name.ts";
import { DnsWriter } from "../wire/writer.ts";
import { DnsFlag } from "./flags.ts";
import { dnsHeaderOctets } from "./message.ts";
import type { DnsQuery } from "./query.ts";

/** A set of records as a zone keeps it: data that were encoded once, by `encodeDnsData`, and are only copied. */
export interface DnsEncodedSet {
  readonly name: DomainName;
  /** The type's number. */
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly data: readonly Uint8Array[];
}

/** How a question is answered. */
export interface DnsAnswerHead {
  /** One of {@link DnsRcode}. Default 0. */
  readonly rcode?: number | undefined;
  readonly authoritative?: boolean | undefined;
  readonly recursionAvailable?: boolean | undefined;
  readonly authenticData?: boolean | undefined;
  /** The octets that the asker takes; fewer than 512 means 512 (RFC 6891 §6.2.3). Default 512 (RFC 1035 §4.2.1). */
  readonly octetsMax?: number | undefined;
  /** TC from the start: the asker shall come again over TCP. */
  readonly truncated?: boolean | undefined;
  /** An OPT record of our own, for those who sent one (RFC 6891 §6.1.1). Its options are left out when they do not fit. */
  readonly edns?: EdnsInit | undefined;
  /** Octets to keep free of those that the asker takes, for a signature that comes later. Default 0. */
  readonly reservedOctets?: number | undefined;
  /** Pads an answer with EDNS to a multiple of so many octets (RFC 8467 §4.1), those that are reserved counted in. */
  readonly paddingBlockOctets?: number | undefined;
}

/**
 * All records of an answer as they were written once, to be copied behind other questions that get the same answer. What
 * differs there is how long the question is, and so where pointers lead.
 */
export interface DnsWrittenRecords {
  readonly octets: Uint8Array;
  /** The key of the name that a question must be about or below. */
  readonly within: string;
  /** The octets of the name that they were written for. */
  readonly nameOctets: number;
  /** Whether each record begins with a pointer into the question, so that they go behind questions of other lengths too. */
  readonly isMovable: boolean;
  /** Records of each section. */
  readonly answer: number;
  readonly authority: number;
  readonly additional: number;
}

/** The section that a set belongs to. They are written in this order. */
export type DnsAnswerSection = "additional" | "answer" | "authority";

/** What answers are cut from: no octet is written to again, so whoever sends an answer need not copy it. */
const slabOctets = 131_072;

/** Room before every answer for its length, which streams put there (RFC 1035 §4.2.2). */
const lengthOctets = 2;

/**
 * Writes answers to plain questions at the speed of copying. One writer serves one server:
 *
 * ```ts no-run
 * writer.begin(query, { authoritative: true, octetsMax: 1232 });
 * writer.add("answer", set);
 * socket.send(writer.finish());
 * ```
 */
export class DnsAnswerWriter {
  readonly #writer = new DnsWriter(new Uint8Array(slabOctets));
  /** Of the answer, and of what stands before its OPT record. */
  #limit = 0;
  #octetsMax = 0;
  #head: DnsAnswerHead = {};
  #question: DomainName = rootName;
  /** The longest of the owners' names so far that stand in the question. */
  #within: DomainName = rootName;
  #isMovable = true;
  #isWhole = true;
  readonly #counts = { answer: 0, authority: 0, additional: 0 };

  /**
   * Begins an answer, with the question as it came: the case of its letters too (RFC 4343 §4.1, RFC 5452 §9.1).
   * @throws {RangeError} when the rcode needs EDNS, and there is none
   */
  begin(query: DnsQuery, head: DnsAnswerHead): void {
    const writer = this.#writer;
    const octetsMax = Math.min(Math.max(head.octetsMax ?? 0, dnsUdpOctetsMax), dnsMessageOctetsMax);
    if ((head.rcode ?? 0) > 15 && head.edns === undefined)
      throw new RangeError(`Cannot encode the rcode ${head.rcode}: it needs EDNS`);
    this.#makeRoom(octetsMax);
    this.#head = head;
    this.#limit = octetsMax - (head.reservedOctets ?? 0);
    this.#question = query.name;
    this.#within = rootName;
    this.#isMovable = this.#isWhole = true;
    this.#putQuestion(query, octetsMax);
    writer.at = writer.base + idOctets;
    writer.uint16(answerFlags(query, head));
    writer.uint16(1);
    writer.at = writer.base + query.questionEnd;
    this.#counts.answer = this.#counts.authority = this.#counts.additional = 0;
    const ednsOctets = this.#ednsOctets();
    const fits = writer.written + ednsOctets <= this.#limit;
    if (!fits) this.#head = { ...head, edns: { ...head.edns, options: [] } };
    this.#octetsMax = this.#limit - (fits ? ednsOctets : bareEdnsOctets);
  }

  /**
   * Adds a set of records, or none of it. `false`: it does not fit; if it belongs to the answer or the authorities, TC has
   * been set: then nothing more should be added to these. Only the owner's name is compressed.
   */
  add(section: DnsAnswerSection, set: DnsEncodedSet): boolean {
    const writer = this.#writer;
    const mark = writer.mark();
    const pointer = this.#pointerTo(set.name);
    for (const data of set.data) {
      this.#writeRecord(set, data, pointer);
      if (writer.written <= this.#octetsMax) continue;
      writer.rewind(mark);
      this.#isWhole = false;
      if (section !== "additional") this.truncate();
      return false;
    }
    this.#counts[section] += set.data.length;
    return true;
  }

  /** All that was added so far, for {@link addWritten}; `undefined`: some of it did not fit, or it has more octets than these. */
  written(octetsMax: number): DnsWrittenRecords | undefined {
    const { octets, base, at } = this.#writer;
    const question = this.#question;
    const from = base + dnsHeaderOctets + question.octetCount + questionFieldOctets;
    if (!this.#isWhole || at - from > octetsMax) return undefined;
    return {
      octets: octets.slice(from, at),
      within: (this.#isMovable ? this.#within : question).key,
      nameOctets: question.octetCount,
      isMovable: this.#isMovable,
      ...this.#counts,
    };
  }

  /** Adds what was written before, and nothing when it does not belong behind this question, or does not fit. */
  addWritten(records: DnsWrittenRecords): boolean {
    const { octets } = records;
    const writer = this.#writer;
    const { at } = writer;
    const moved = this.#question.octetCount - records.nameOctets;
    if (writer.written + octets.length > this.#octetsMax) return false;
    if (!this.#question.isWithinKey(records.within) || (moved !== 0 && !records.isMovable)) return false;
    writer.put(octets);
    if (moved !== 0) movePointers(writer.octets, at, writer.at, moved);
    this.#counts.answer += records.answer;
    this.#counts.authority += records.authority;
    this.#counts.additional += records.additional;
    return true;
  }

  /**
   * Adds records of a set from the one with the index `from` on, up to the one that would make the message longer than
   * `octetsSoftMax`; a message's only record may, since it fits nowhere better. Gives the index of the first that was not
   * added: `data.length` when all were. For transfers, whose sets go over several messages; never sets TC.
   */
  addRecords(section: DnsAnswerSection, set: DnsEncodedSet, from: number, octetsSoftMax: number): number {
    const writer = this.#writer;
    const pointer = this.#pointerTo(set.name);
    const octetsMax = this.#counts.answer > 0 ? Math.min(octetsSoftMax, this.#octetsMax) : this.#octetsMax;
    let at = from;
    for (let limit = octetsMax; at < set.data.length; at++, limit = Math.min(octetsSoftMax, this.#octetsMax)) {
      const mark = writer.mark();
      this.#writeRecord(set, set.data[at]!, pointer);
      if (writer.written <= limit) continue;
      writer.rewind(mark);
      break;
    }
    this.#counts[section] += at - from;
    return at;
  }

  /** Sets TC. */
  truncate(): void {
    this.#writer.octets[this.#writer.base + 2]! |= DnsFlag.tc >> 8;
  }

  /** Ends the answer and gives its octets, which nobody writes to again. */
  finish(): Uint8Array {
    this.#end();
    const { octets, base, at } = this.#writer;
    return new Uint8Array(octets.buffer, base, at - base); // quicker than subarray, and the slab begins where its memory does
  }

  /** The same with its length before it, as streams want it (RFC 1035 §4.2.2). */
  finishFramed(): Uint8Array {
    this.#end();
    const { octets, base, at, written } = this.#writer;
    octets[base - 2] = written >> 8;
    octets[base - 1] = written;
    return new Uint8Array(octets.buffer, base - lengthOctets, lengthOctets + at - base);
  }

  /** With what stands before and behind it, where there is room: a whole message is copied quicker than a part of it. */
  #putQuestion({ octets, questionEnd }: DnsQuery, octetsMax: number): void {
    this.#writer.put(octets.length <= octetsMax ? octets : octets.subarray(0, questionEnd));
  }

  #end(): void {
    this.#putEdns();
    const { answer, authority, additional } = this.#counts;
    const writer = this.#writer;
    const { at } = writer;
    writer.at = writer.base + countsAt;
    writer.uint16(answer);
    writer.uint16(authority);
    writer.uint16(additional);
    writer.at = at;
  }

  #putEdns(): void {
    const { edns, rcode = 0, paddingBlockOctets } = this.#head;
    if (edns === undefined) return;
    writeEdns(paddingBlockOctets === undefined ? edns : this.#padded(edns, paddingBlockOctets), rcode, this.#writer);
    this.#counts.additional++;
  }

  #padded(edns: EdnsInit, blockOctets: number): EdnsInit {
    const reserved = this.#head.reservedOctets ?? 0;
    const unpadded = this.#writer.written + this.#ednsOctets() + optionHeadOctets + reserved;
    const octetCount = Math.min(
      blockOctets - (unpadded % blockOctets || blockOctets),
      this.#limit + reserved - unpadded,
    );
    if (octetCount < 0) return edns;
    return { ...edns, options: [...(edns.options ?? []), { type: "padding", octetCount }] };
  }

  #writeRecord(set: DnsEncodedSet, data: Uint8Array, pointer: number): void {
    const writer = this.#writer;
    if (pointer !== 0) writer.uint16(pointer);
    else writer.compressedName(set.name);
    writer.uint16(set.type);
    writer.uint16(set.class);
    writer.uint32(set.ttl);
    writer.uint16(data.length);
    writer.put(data);
  }

  /** The question's name and those above it stand behind the header, as they came; 0 for all others. */
  #pointerTo(name: DomainName): number {
    const question = this.#question;
    if (name.isRoot) return 0;
    if (!question.isWithin(name)) {
      this.#isMovable = false;
      return 0;
    }
    if (name.octetCount > this.#within.octetCount) this.#within = name;
    return 0xc000 | (dnsHeaderOctets + question.octetCount - name.octetCount);
  }

  /** Goes on behind the last answer, or in another slab. */
  #makeRoom(octets: number): void {
    const writer = this.#writer;
    const isRoom = writer.at + lengthOctets + octets <= writer.octets.length;
    if (!isRoom) writer.octets = new Uint8Array(slabOctets);
    writer.begin((isRoom ? writer.at : 0) + lengthOctets, "compressed");
  }

  #ednsOctets(): number {
    const { edns, rcode = 0 } = this.#head;
    if (edns === undefined) return 0;
    if (edns.options === undefined || edns.options.length === 0) return bareEdnsOctets;
    const writer = this.#writer;
    const mark = writer.mark();
    writeEdns(edns, rcode, writer);
    const octets = writer.at - mark.at;
    writer.rewind(mark);
    return octets;
  }
}

/** An OPT record without options. */
const bareEdnsOctets = 11;

/** Code and length of an option (RFC 6891 §6.1.2). */
const optionHeadOctets = 4;

/** The id stands before the flags; where the counts of the sections stand. */
const idOctets = 2;
const countsAt = 6;

/** Type and class of a question, and of a record these, its TTL and the length of its data. */
const questionFieldOctets = 4;
const recordFieldOctets = 10;

/** Goes from record to record, each with a pointer at its beginning or the root. */
function movePointers(octets: Uint8Array, from: number, to: number, by: number): void {
  for (let at = from; at < to; ) {
    if (octets[at] === 0) at++;
    else {
      const pointer = ((octets[at]! << 8) | octets[at + 1]!) + by;
      octets[at++] = pointer >> 8;
      octets[at++] = pointer;
    }
    at += recordFieldOctets + ((octets[at + 8]! << 8) | octets[at + 9]!);
  }
}

/** Opcode, RD and CD are the question's (RFC 1035 §4.1.1, RFC 4035 §3.2.2). */
function answerFlags({ flags }: DnsQuery, head: DnsAnswerHead): number {
  const rcode = head.rcode ?? 0;
  let word = DnsFlag.qr | (flags & (0x7800 | DnsFlag.rd | DnsFlag.cd)) | (rcode & 15);
  if (head.truncated) word |= DnsFlag.tc;
  if (head.authoritative) word |= DnsFlag.aa;
  if (head.recursionAvailable) word |= DnsFlag.ra;
  if (head.authenticData) word |= DnsFlag.ad;
  return word;
}
