import { Buffer } from "node:buffer";
import { latin1Of } from "../../name/octets.ts";
import { DnsType } from "../../records/types.ts";
import { ZoneError } from "../errors.ts";
import { zoneNameOctetsMax, zoneSetsMax } from "../limits.ts";

/** Records of one name and type, signatures of each covered type for themselves (RFC 4034 §3.1), as they are worked on. */
export interface ZoneSetDraft {
  readonly type: number;
  ttl: number;
  readonly data: Uint8Array[];
}

/** What stands at a name. */
export interface ZoneNodeDraft {
  /** The name as spelled; its key is the same in lower case. */
  wire: string;
  readonly sets: ZoneSetDraft[];
}

/** The type that a signature covers; 0 for all other records. */
export function coveredType(type: number, data: Uint8Array): number {
  return type === DnsType.RRSIG && data.length >= 2 ? (data[0]! << 8) | data[1]! : 0;
}

/** The set of a name that a datum belongs to. */
export function setFor(sets: readonly ZoneSetDraft[], type: number, covered: number): ZoneSetDraft | undefined {
  return sets.find((set) => set.type === type && (covered === 0 || coveredType(type, set.data[0]!) === covered));
}

/**
 * What stands at a name, as one string with a character for each octet: the only thing that is kept for a name nobody asks
 * about. Strings are the smallest objects there are, and the collector need not look into them; a `Uint8Array` for each datum
 * takes a hundred octets more. Nothing at all stands for an empty non-terminal (RFC 4592 §2.2.2).
 *
 * @throws {ZoneError} `too-large`
 */
export function packNode({ wire, sets }: ZoneNodeDraft, key: string): string {
  if (sets.length === 0) return "";
  scratchAt = 0;
  putSpelling(wire, key);
  if (sets.length > zoneSetsMax) throw tooLarge(`a name has more than ${zoneSetsMax} sets`);
  for (const { type, ttl, data } of sets) {
    need(8);
    scratchAt = scratch.writeUInt16BE(type, scratchAt);
    scratchAt = scratch.writeUInt32BE(ttl, scratchAt);
    scratchAt = scratch.writeUInt16BE(data.length, scratchAt);
    for (const datum of data) putDatum(datum);
  }
  return latin1Of(scratch, 0, scratchAt);
}

/** Takes apart what {@link packNode} made. The data lie in memory of their own, together. */
export function unpackNode(packed: string, key: string): ZoneNodeDraft {
  if (packed === "") return { wire: key, sets: [] };
  const octets = Buffer.from(packed, "latin1");
  const isSpelled = octets[0] === 1;
  const wire = isSpelled ? packed.slice(1, 1 + key.length) : key;
  const sets: ZoneSetDraft[] = [];
  for (let at = isSpelled ? 1 + key.length : 1; at < octets.length; ) {
    const type = octets.readUInt16BE(at);
    const ttl = octets.readUInt32BE(at + 2);
    const data: Uint8Array[] = new Array(octets.readUInt16BE(at + 6));
    at += 8;
    for (let i = 0; i < data.length; i++) {
      const end = at + 2 + octets.readUInt16BE(at);
      data[i] = new Uint8Array(octets.buffer, octets.byteOffset + at + 2, end - at - 2);
      at = end;
    }
    sets.push({ type, ttl, data });
  }
  return { wire, sets };
}

/** The types that stand there, without taking anything apart. One for each set: signatures may come several times. */
export function packedTypes(packed: string, key: string): readonly number[] {
  const types: number[] = [];
  for (let at = packed.charCodeAt(0) === 1 ? 1 + key.length : 1; at < packed.length; ) {
    types.push(uint16At(packed, at));
    at = endOfSet(packed, at);
  }
  return types;
}

/** How many records stand there, without taking them apart. */
export function packedRecordCount(packed: string, key: string): number {
  let count = 0;
  for (let at = packed.charCodeAt(0) === 1 ? 1 + key.length : 1; at < packed.length; ) {
    count += uint16At(packed, at + 6);
    at = endOfSet(packed, at);
  }
  return count;
}

function putSpelling(wire: string, key: string): void {
  need(1 + wire.length);
  scratch[scratchAt++] = wire === key ? 0 : 1;
  if (wire !== key) scratchAt += scratch.write(wire, scratchAt, "latin1");
}

function putDatum(datum: Uint8Array): void {
  need(2 + datum.length);
  scratchAt = scratch.writeUInt16BE(datum.length, scratchAt);
  scratch.set(datum, scratchAt);
  scratchAt += datum.length;
}

function endOfSet(packed: string, start: number): number {
  let at = start + 8;
  for (let records = uint16At(packed, start + 6); records > 0; records--) at += 2 + uint16At(packed, at);
  return at;
}

function uint16At(packed: string, at: number): number {
  return (packed.charCodeAt(at) << 8) | packed.charCodeAt(at + 1);
}

function need(octets: number): void {
  if (scratchAt + octets > zoneNameOctetsMax)
    throw tooLarge(`a name has more than ${zoneNameOctetsMax} octets of data`);
}

/** What does not fit into {@link packNode}'s room is refused. */
export function tooLarge(reason: string): ZoneError {
  return new ZoneError("too-large", `Cannot keep the records: ${reason}`);
}

const scratch = Buffer.allocUnsafeSlow(zoneNameOctetsMax);
let scratchAt = 0;
