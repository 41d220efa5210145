import { DnsProtocolError } from "../errors.ts";
import { dnsNameOctetsMax, dnsPointersMax } from "../limits.ts";
import { type DomainName, nameOfWire } from "../name/domain-name.ts";
import { latin1Of } from "../name/octets.ts";
import { nameOfOctets } from "../name/suffix-hashes.ts";

/** Octets before the first question: no pointer may point there (RFC 1035 §4.1.1). */
const headerOctets = 12;

/** Names with pointers are put together here. */
const scratch = new Uint8Array(dnsNameOctetsMax);

/** One past the end of a name without pointers; 0 for one with pointers, and for faults but for `name-too-long`. @throws {DnsProtocolError} */
export function plainNameEnd(octets: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const length = octets[at]!;
    if (length >= 64) return 0;
    at += length + 1;
    if (length > 0) continue;
    if (at - start > dnsNameOctetsMax) throw new DnsProtocolError("name-too-long");
    return at;
  }
  return 0;
}

/**
 * Reads a message from the left to the right. {@link DnsReader.end} bounds every value: the message's end, or while a record
 * is read the end of its data. Each name costs at most 255 octets and 127 pointers, and names that were read before are
 * found again by their place, so that work grows with the message and not with what it unfolds to.
 */
export class DnsReader {
  readonly octets: Uint8Array;
  at: number;
  /** One past the last octet that may be read. */
  end: number;
  /** Pointers followed so far; tests hold it below a bound. */
  pointersFollowed = 0;
  /** The first name, nearly always the question's, and where it stands: most pointers of most messages lead there. */
  #first: DomainName | undefined;
  #firstAt = -1;
  #known: Map<number, DomainName> | undefined;

  constructor(octets: Uint8Array, at: number = 0, end: number = octets.length) {
    this.octets = octets;
    this.at = at;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  uint8(): number {
    this.#need(1);
    return this.octets[this.at++]!;
  }

  uint16(): number {
    this.#need(2);
    const { octets, at } = this;
    this.at = at + 2;
    return (octets[at]! << 8) | octets[at + 1]!;
  }

  uint32(): number {
    this.#need(4);
    const { octets, at } = this;
    this.at = at + 4;
    return ((octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!) >>> 0;
  }

  uint48(): number {
    return this.uint16() * 2 ** 32 + this.uint32();
  }

  /** A copy of the next octets: records outlive the datagram they came in. */
  take(count: number): Uint8Array {
    this.#need(count);
    const copy = new Uint8Array(count);
    for (let i = 0; i < count; i++) copy[i] = this.octets[this.at + i]!;
    this.at += count;
    return copy;
  }

  /** All that is left before the end. */
  rest(): Uint8Array {
    return this.take(this.left);
  }

  /** The next octets as text with one character for each. */
  latin1(count: number): string {
    this.#need(count);
    const text = latin1Of(this.octets, this.at, this.at + count);
    this.at += count;
    return text;
  }

  /** A character-string: a length and so many octets (RFC 1035 §3.3). */
  string(): string {
    return this.latin1(this.uint8());
  }

  /** A name, compressed or not (RFC 1035 §4.1.4). @throws {DnsProtocolError} */
  name(): DomainName {
    const { octets, end, at: start } = this;
    const nameEnd = plainNameEnd(octets, start, end);
    if (nameEnd === 0) return this.#compressed(start);
    this.at = nameEnd;
    const name = nameOfOctets(octets, start, nameEnd);
    this.#remember(start, name);
    return name;
  }

  /** Reads what `read` reads from the next octets, all of them. @throws {DnsProtocolError} `bad-rdata` for leftovers */
  within<T>(count: number, read: (reader: DnsReader) => T): T {
    this.#need(count);
    const outer = this.end;
    this.end = this.at + count;
    const value = read(this);
    if (this.at !== this.end) throw new DnsProtocolError("bad-rdata", `${this.left} octets are left over`);
    this.end = outer;
    return value;
  }

  #remember(at: number, name: DomainName): void {
    if (this.#first === undefined) {
      this.#first = name;
      this.#firstAt = at;
    } else {
      this.#known ??= new Map();
      this.#known.set(at, name);
    }
  }

  /** Every pointer must point before the part of the name that it ends, so none is met twice. */
  #compressed(start: number): DomainName {
    let used = 0;
    let at = start;
    let segment = start;
    let { end } = this;
    for (let pointers = 0; ; ) {
      if (at >= end) throw new DnsProtocolError("truncated");
      const length = this.octets[at]!;
      if (length >= 0xc0) {
        const target = this.#target(at, end, segment);
        if (segment === start) this.at = at + 2;
        this.pointersFollowed++;
        const known = target === this.#firstAt ? this.#first : this.#known?.get(target);
        if (known !== undefined) return this.#joined(start, used, known);
        if (++pointers > dnsPointersMax) throw new DnsProtocolError("too-many-pointers");
        at = segment = target;
        end = this.octets.length;
      } else if (length >= 64) throw new DnsProtocolError("bad-label");
      else {
        if (used + length + 1 > dnsNameOctetsMax) throw new DnsProtocolError("name-too-long");
        if (at + length >= end) throw new DnsProtocolError("truncated");
        for (let i = 0; i <= length; i++) scratch[used++] = this.octets[at++]!;
        if (length === 0) return this.#finished(start, nameOfWire(latin1Of(scratch, 0, used)));
      }
    }
  }

  #target(at: number, end: number, segment: number): number {
    if (at + 1 >= end) throw new DnsProtocolError("truncated");
    const target = ((this.octets[at]! & 0x3f) << 8) | this.octets[at + 1]!;
    if (target >= segment || target < headerOctets) throw new DnsProtocolError("bad-pointer");
    return target;
  }

  /** The labels read so far, and a name that was read before. A pointer alone gives that name itself. */
  #joined(start: number, used: number, known: DomainName): DomainName {
    if (used === 0) return known;
    if (used + known.wire.length > dnsNameOctetsMax) throw new DnsProtocolError("name-too-long");
    return this.#finished(start, nameOfWire(latin1Of(scratch, 0, used) + known.wire));
  }

  #finished(start: number, name: DomainName): DomainName {
    this.#remember(start, name);
    if (this.octets[start]! >= 0xc0)
      this.#remember(((this.octets[start]! & 0x3f) << 8) | this.octets[start + 1]!, name);
    return name;
  }

  #need(count: number): void {
    if (this.at + count > this.end) throw new DnsProtocolError("truncated");
  }
}
