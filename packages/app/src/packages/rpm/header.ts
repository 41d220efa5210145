import { type RpmTagTable, type RpmType, type RpmValues, rpmTypes } from "./tags.ts";

/** The numbers of the region that each of the two headers is (RPM's package format, "Immutable regions"). */
export const rpmRegions = { signature: 62, main: 63 } as const;

/**
 * Writes a header: a magic number, an index of tags, and the store of their values. The whole of it is one region, which
 * is what rpm checks digests of.
 */
export function encodeRpmHeader<Table extends RpmTagTable>(
  region: number,
  table: Table,
  values: RpmValues<Table>,
): Uint8Array {
  const entries = present(table, values);
  const store = new ValueStore();
  const index = entries.map(({ tag, type, value }) => indexEntry(tag, rpmTypes[type], ...store.add(type, value)));
  const count = index.length + 1;
  const trailer = indexEntry(region, rpmTypes.binary, -count * indexOctets, indexOctets);
  const first = indexEntry(region, rpmTypes.binary, store.octets, indexOctets);
  const start = Buffer.alloc(16);
  magic.copy(start);
  start.writeUInt32BE(count, 8);
  start.writeUInt32BE(store.octets + indexOctets, 12);
  return Buffer.concat([start, first, ...index, ...store.pieces, trailer]);
}

const magic = Buffer.from([0x8e, 0xad, 0xe8, 0x01]);
const indexOctets = 16;

interface PresentValue {
  readonly tag: number;
  readonly type: RpmType;
  readonly value: unknown;
}

function present<Table extends RpmTagTable>(table: Table, values: RpmValues<Table>): readonly PresentValue[] {
  return Object.entries(table)
    .map(([name, [tag, type]]) => ({ tag, type, value: values[name] as unknown }))
    .filter(({ value }) => value !== undefined && !(Array.isArray(value) && value.length === 0))
    .sort((one, other) => one.tag - other.tag);
}

function indexEntry(tag: number, type: number, offset: number, count: number): Buffer {
  const entry = Buffer.alloc(indexOctets);
  entry.writeUInt32BE(tag, 0);
  entry.writeUInt32BE(type, 4);
  entry.writeInt32BE(offset, 8);
  entry.writeUInt32BE(count, 12);
  return entry;
}

/** The values one after another, numbers at a multiple of their size. */
class ValueStore {
  readonly pieces: Uint8Array[] = [];
  octets = 0;

  /** @returns where the value lies, and how many it is */
  add(type: RpmType, value: unknown): readonly [offset: number, count: number] {
    const [octets, count] = encodeValue(type, value);
    const size = { int16: 2, int32: 4 }[type as string] ?? 1;
    this.#put(new Uint8Array((size - (this.octets % size)) % size));
    const offset = this.octets;
    this.#put(octets);
    return [offset, count];
  }

  #put(piece: Uint8Array): void {
    this.pieces.push(piece);
    this.octets += piece.length;
  }
}

/** The type of the value was checked when it was named: {@link RpmValues}. */
function encodeValue(type: RpmType, value: unknown): readonly [octets: Uint8Array, count: number] {
  switch (type) {
    case "int16":
    case "int32":
      return [encodeNumbers(type, value as readonly number[]), (value as readonly number[]).length];
    case "binary":
      return [value as Uint8Array, (value as Uint8Array).length];
    case "string":
    case "translated":
      return [encodeStrings([value as string]), 1];
    case "strings":
      return [encodeStrings(value as readonly string[]), (value as readonly string[]).length];
    default:
      return type satisfies never;
  }
}

function encodeNumbers(type: "int16" | "int32", values: readonly number[]): Uint8Array {
  const size = type === "int16" ? 2 : 4;
  const octets = Buffer.alloc(values.length * size);
  for (const [index, value] of values.entries()) octets.writeUIntBE(value, index * size, size);
  return octets;
}

/** @throws {RangeError} for a NUL, which would begin another string */
function encodeStrings(values: readonly string[]): Uint8Array {
  if (values.some((value) => value.includes("\0")))
    throw new RangeError("Cannot write text with a NUL in an RPM header");
  return Buffer.from(values.map((value) => `${value}\0`).join(""));
}
