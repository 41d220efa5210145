import { dnsMessageOctetsMax } from "../limits.ts";
import type { DomainName } from "../name/domain-name.ts";
import { NameTable, pointableMax } from "./name-table.ts";

/** A place to come back to with {@link DnsWriter.rewind}. */
export interface DnsWriterMark {
  readonly at: number;
  readonly names: number;
}

/** How names are written. */
export type DnsNameForm =
  | "compressed" // in messages
  | "plain" // one value for itself
  | "canonical"; // in lower case where RFC 4034 §6.2 asks for it

/**
 * Writes messages into one buffer that is used again and again. Numbers are written without asking for room: what does not
 * fit is lost, and {@link DnsWriter.isFull} tells it, so that a whole record is checked at once.
 */
export class DnsWriter {
  /** What is written into; another takes its place between messages only. */
  octets: Uint8Array;
  /** Where the message begins: what pointers count from. */
  base = 0;
  at = 0;
  form: DnsNameForm = "compressed";
  readonly #names = new NameTable();
  /** The last name that was compressed, and where it stands: sets of records say it again and again. */
  #last: DomainName | undefined;
  #lastOffset = 0;

  /** @param octets what to write into; default: room for any message */
  constructor(octets: Uint8Array = new Uint8Array(dnsMessageOctetsMax)) {
    this.octets = octets;
  }

  /** Begins another message here. */
  begin(at: number, form: DnsNameForm): void {
    this.base = at;
    this.at = at;
    this.form = form;
    this.#names.clear();
    this.#last = undefined;
  }

  /** Octets of the message so far. */
  get written(): number {
    return this.at - this.base;
  }

  /** Whether something did not fit. */
  get isFull(): boolean {
    return this.at > this.octets.length;
  }

  mark(): DnsWriterMark {
    return { at: this.at, names: this.#names.size };
  }

  /** Takes back all that was written since. */
  rewind(mark: DnsWriterMark): void {
    this.at = mark.at;
    this.#names.truncate(mark.names);
    this.#last = undefined;
  }

  /** A copy of what was written since `from`. @throws {RangeError} when it did not fit */
  copy(from: number = this.base): Uint8Array {
    if (this.isFull)
      throw new RangeError(`Cannot write ${this.at - from} octets: there is room for ${this.octets.length}`);
    const copy = cut(this.at - from);
    copy.set(this.octets.subarray(from, this.at));
    return copy;
  }

  uint8(value: number): void {
    this.octets[this.at++] = value;
  }

  uint16(value: number): void {
    const { octets, at } = this;
    octets[at] = value >>> 8;
    octets[at + 1] = value;
    this.at = at + 2;
  }

  uint32(value: number): void {
    const { octets, at } = this;
    octets[at] = value >>> 24;
    octets[at + 1] = value >>> 16;
    octets[at + 2] = value >>> 8;
    octets[at + 3] = value;
    this.at = at + 4;
  }

  uint48(value: number): void {
    this.uint16(Math.floor(value / 2 ** 32));
    this.uint32(value % 2 ** 32);
  }

  put(octets: Uint8Array): void {
    const { length } = octets;
    if (length > 8 && this.at + length <= this.octets.length) this.octets.set(octets, this.at);
    else for (let i = 0; i < length; i++) this.octets[this.at + i] = octets[i]!;
    this.at += length;
  }

  /** Text with one character for each octet. */
  latin1(text: string): void {
    for (let i = 0; i < text.length; i++) this.octets[this.at + i] = text.charCodeAt(i);
    this.at += text.length;
  }

  /** Writes what `write` writes, and before it its length in two octets. */
  sized(write: (writer: DnsWriter) => void): void {
    const { at } = this;
    this.at = at + 2;
    write(this);
    const length = this.at - at - 2;
    if (length > 0xffff) throw new RangeError(`Cannot encode the data of a record: they have ${length} octets`);
    this.octets[at] = length >>> 8;
    this.octets[at + 1] = length;
  }

  /** A name, as it is spelled. */
  name(name: DomainName): void {
    this.latin1(name.wire);
  }

  /** A name that is put into lower case when the form is canonical (RFC 4034 §6.2). */
  loweredName(name: DomainName): void {
    this.latin1(this.form === "canonical" ? name.key : name.wire);
  }

  /** A name that is compressed in messages: the owner's, and those that RFC 3597 §4 allows. */
  compressedName(name: DomainName): void {
    if (this.form !== "compressed") this.loweredName(name);
    else if (name === this.#last) this.uint16(0xc000 | this.#lastOffset);
    else {
      const offset = this.#compress(name.wire);
      this.#last = offset === 0 ? undefined : name;
      this.#lastOffset = offset;
    }
  }

  /** Writes labels until the rest stands somewhere already, then a pointer to it. Gives where a pointer finds the name, or 0. */
  #compress(wire: string): number {
    const count = hashSuffixes(wire);
    const start = this.written;
    let from = 0;
    for (let label = 0; label < count; label++) {
      const hash = hashes[label]!;
      const offset = this.#names.find(hash, this.octets, this.base, wire, from);
      if (offset !== 0) {
        this.uint16(0xc000 | offset);
        return label === 0 ? offset : pointable(start);
      }
      this.#names.add(hash, this.written);
      for (let end = from + wire.charCodeAt(from); from <= end; from++) this.octets[this.at++] = wire.charCodeAt(from);
    }
    this.octets[this.at++] = 0;
    return count === 0 ? 0 : pointable(start);
  }
}

function pointable(offset: number): number {
  return offset > pointableMax ? 0 : offset;
}

/** What small copies are cut from, as Node does it with Buffers: memory of its own for each takes ten times as long. */
let pool = new Uint8Array(0);
let poolAt = 0;
const poolOctets = 8_192;
const pooledOctetsMax = 1_232;

function cut(octets: number): Uint8Array {
  if (octets > pooledOctetsMax) return new Uint8Array(octets);
  if (poolAt + octets > pool.length) {
    pool = new Uint8Array(poolOctets);
    poolAt = 0;
  }
  poolAt += octets;
  return pool.subarray(poolAt - octets, poolAt);
}

const hashes = new Int32Array(128);
const starts = new Uint8Array(128);

/** Hashes what every label begins, from the root up; gives how many labels there are. */
function hashSuffixes(wire: string): number {
  let count = 0;
  for (let at = 0; at < wire.length - 1; at += wire.charCodeAt(at) + 1) starts[count++] = at;
  let hash = 0x811c9dc5 | 0;
  let at = wire.length - 1;
  for (let label = count - 1; label >= 0; label--) {
    for (const start = starts[label]!; at > start; at--) hash = Math.imul(hash ^ wire.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ wire.charCodeAt(at), 0x01000193);
    at--;
    hashes[label] = hash;
  }
  return count;
}
