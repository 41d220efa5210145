import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { DnsEncodedSet } from "../../message/answer.ts";
import { type DomainName, nameOfWire } from "../../name/domain-name.ts";
import { latin1Of } from "../../name/octets.ts";
import { DnsType } from "../../records/types.ts";
import { ZoneError } from "../errors.ts";
import { zoneJournalEntryOctetsMax } from "../limits.ts";
import type { ZoneChange } from "../zone-change.ts";

/**
 * A journal is eight octets that tell what it is, and then entries: length (4 octets), checksum (4 octets), and a change of that
 * length. The checksum is CRC-32 over the change, begun with that of the entry before, so that what is left of an older
 * file behind the end is no entry. A change is the old SOA, the number of sets that go (4 octets), these, the new SOA, the
 * number of sets that come, and these; a set is name, type, class, TTL, the number of records, and their lengths and data, in
 * the order and the widths of the wire. An entry of nothing but a SOA says that the zone is about to be replaced by that version.
 */
export const journalHead: Uint8Array = Buffer.from("HAWSERZ1", "latin1");

/** Length and checksum. */
export const entryHeadOctets = 8;

/** What an entry holds: a change, or the SOA of what the zone is about to be replaced by. */
export type ZoneJournalEntry = ZoneChange | { readonly replacedBy: DnsEncodedSet };

/** One entry, for a file whose last checksum is this. @throws {ZoneError} `too-large` */
export function encodeEntry(entry: ZoneJournalEntry, checksum: number): { octets: Uint8Array; checksum: number } {
  const body = Buffer.concat("replacedBy" in entry ? setParts(entry.replacedBy) : changeParts(entry));
  if (body.length > zoneJournalEntryOctetsMax)
    throw new ZoneError(
      "too-large",
      `Cannot keep a change of ${body.length} octets: ${zoneJournalEntryOctetsMax} may be`,
    );
  const own = crc32(body, checksum);
  const head = Buffer.alloc(entryHeadOctets);
  head.writeUInt32BE(body.length, 0);
  head.writeUInt32BE(own, 4);
  return { octets: Buffer.concat([head, body]), checksum: own };
}

/** Reads the change of an entry whose checksum was right. @throws {ZoneError} `bad-journal` when it is none all the same */
export function decodeEntry(body: Uint8Array): ZoneJournalEntry {
  const reader = new EntryReader(body);
  const oldSoa = reader.set();
  if (reader.isDone) return { replacedBy: oldSoa };
  const deleted = reader.list();
  const newSoa = reader.set();
  const added = reader.list();
  if (!reader.isDone || [oldSoa, newSoa].some((soa) => soa.type !== DnsType.SOA || (soa.data[0]?.length ?? 0) < 22))
    throw noChange();
  return { oldSoa, newSoa, deleted, added };
}

function changeParts({ oldSoa, newSoa, deleted, added }: ZoneChange): Uint8Array[] {
  return [...setParts(oldSoa), ...listParts(deleted), ...setParts(newSoa), ...listParts(added)];
}

function listParts(sets: readonly DnsEncodedSet[]): Uint8Array[] {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(sets.length);
  return [count, ...sets.flatMap(setParts)];
}

function setParts({ name, type, class: recordClass, ttl, data }: DnsEncodedSet): Uint8Array[] {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(recordClass, 2);
  head.writeUInt32BE(ttl, 4);
  head.writeUInt16BE(data.length, 8);
  return [name.toOctets(), head, ...data.flatMap((octets) => [lengthOf(octets), octets])];
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  return Uint8Array.of(length >> 8, length);
}

/** Reads the parts of a change; nothing beyond its end, and no list that is longer than it. */
class EntryReader {
  readonly #octets: Buffer;
  #at = 0;

  constructor({ buffer, byteOffset, length }: Uint8Array) {
    this.#octets = Buffer.from(buffer, byteOffset, length);
  }

  get isDone(): boolean {
    return this.#at === this.#octets.length;
  }

  list(): DnsEncodedSet[] {
    const count = this.#uint(4);
    const sets: DnsEncodedSet[] = [];
    while (sets.length < count) sets.push(this.set());
    return sets;
  }

  set(): DnsEncodedSet {
    const name = this.#name();
    const [type, recordClass, ttl, count] = [this.#uint(2), this.#uint(2), this.#uint(4), this.#uint(2)];
    const data: Uint8Array[] = [];
    while (data.length < count) data.push(this.#take(this.#uint(2)));
    return { name, type, class: recordClass, ttl, data };
  }

  #name(): DomainName {
    const start = this.#at;
    for (let length = this.#uint(1); length !== 0; length = this.#uint(1)) {
      if (length > 63 || this.#at - start > 254) throw noChange();
      this.#take(length);
    }
    return nameOfWire(latin1Of(this.#octets, start, this.#at));
  }

  #uint(octets: number): number {
    this.#need(octets);
    this.#at += octets;
    return this.#octets.readUIntBE(this.#at - octets, octets);
  }

  #take(octets: number): Uint8Array {
    this.#need(octets);
    this.#at += octets;
    return new Uint8Array(this.#octets.subarray(this.#at - octets, this.#at));
  }

  #need(octets: number): void {
    if (this.#at + octets > this.#octets.length) throw noChange();
  }
}

function noChange(): ZoneError {
  return new ZoneError("bad-journal", "Cannot read the journal: an entry is no change of a zone");
}
