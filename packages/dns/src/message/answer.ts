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
  /** An OPT record of our own, for those who sent one (RFC 6891 §6.1.1). Its options are left out when they do not fit. */
  readonly edns?: EdnsInit | undefined;
}

/** The section that a set belongs to. They are written in this order. */
export type DnsAnswerSection = "additional" | "answer" | "authority";

/** What answers are cut from: no octet is written to again, so whoever sends an answer need not copy it. */
const slabOctets = 131_072;

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
  #octetsMax = 0;
  #head: DnsAnswerHead = {};
  #question: DomainName = rootName;

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
    this.#question = query.name;
    writer.uint16(query.id);
    writer.uint16(answerFlags(query, head));
    writer.uint32(0x00010000);
    writer.uint32(0);
    for (let at = dnsHeaderOctets; at < query.questionEnd; at++) writer.uint8(query.octets[at]!);
    const ednsOctets = this.#ednsOctets();
    const fits = writer.written + ednsOctets <= octetsMax;
    if (!fits) this.#head = { ...head, edns: { ...head.edns, options: [] } };
    this.#octetsMax = octetsMax - (fits ? ednsOctets : bareEdnsOctets);
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
      if (pointer !== 0) writer.uint16(pointer);
      else writer.compressedName(set.name);
      writer.uint16(set.type);
      writer.uint16(set.class);
      writer.uint32(set.ttl);
      writer.uint16(data.length);
      writer.put(data);
      if (writer.written <= this.#octetsMax) continue;
      writer.rewind(mark);
      if (section !== "additional") this.truncate();
      return false;
    }
    this.#count(section, set.data.length);
    return true;
  }

  /** Sets TC. */
  truncate(): void {
    this.#writer.octets[this.#writer.base + 2]! |= DnsFlag.tc >> 8;
  }

  /** Ends the answer and gives its octets, which nobody writes to again. */
  finish(): Uint8Array {
    const writer = this.#writer;
    const { edns, rcode = 0 } = this.#head;
    if (edns !== undefined) {
      writeEdns(edns, rcode, writer);
      this.#count("additional", 1);
    }
    return writer.octets.subarray(writer.base, writer.at);
  }

  /** The question's name and those above it stand behind the header, as they came; 0 for all others. */
  #pointerTo(name: DomainName): number {
    const question = this.#question;
    if (name.isRoot || !question.isWithin(name)) return 0;
    return 0xc000 | (dnsHeaderOctets + question.wire.length - name.wire.length);
  }

  /** Goes on behind the last answer, or in another slab. */
  #makeRoom(octets: number): void {
    const writer = this.#writer;
    const isRoom = writer.at + octets <= writer.octets.length;
    if (!isRoom) writer.octets = new Uint8Array(slabOctets);
    writer.begin(isRoom ? writer.at : 0, "compressed");
  }

  #count(section: DnsAnswerSection, more: number): void {
    const { octets, base } = this.#writer;
    const at = base + countAt[section];
    const count = ((octets[at]! << 8) | octets[at + 1]!) + more;
    octets[at] = count >> 8;
    octets[at + 1] = count;
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

/** Where the counts of the sections stand in the header. */
const countAt = { answer: 6, authority: 8, additional: 10 } as const;

/** Opcode, RD and CD are the question's (RFC 1035 §4.1.1, RFC 4035 §3.2.2). */
function answerFlags({ flags }: DnsQuery, head: DnsAnswerHead): number {
  const rcode = head.rcode ?? 0;
  let word = DnsFlag.qr | (flags & (0x7800 | DnsFlag.rd | DnsFlag.cd)) | (rcode & 15);
  if (head.authoritative) word |= DnsFlag.aa;
  if (head.recursionAvailable) word |= DnsFlag.ra;
  if (head.authenticData) word |= DnsFlag.ad;
  return word;
}
