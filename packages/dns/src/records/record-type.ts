import type { DnsWords } from "../presentation/words.ts";
import type { DnsReader } from "../wire/reader.ts";
import type { DnsWriter } from "../wire/writer.ts";
import { type DnsRecordTypeName, DnsType } from "./types.ts";

/** A part of a record's data, in both forms and both directions. */
export interface DnsField<Value> {
  /** @throws {DnsProtocolError} */
  decode(reader: DnsReader): Value;
  /** @throws {RangeError} for what the wire cannot hold */
  encode(value: Value, writer: DnsWriter): void;
  /** @throws {DnsTextError} */
  parse(words: DnsWords): Value;
  format(value: Value): string;
}

/** A type of records: its name, its number, and how its data are read and written. */
export interface DnsRecordType<Type extends string, Data> extends DnsField<Data> {
  readonly type: Type;
  readonly number: number;
}

/** The parts of a record's data, in the order of the wire, which is that of the text too. */
export type DnsFields<Data> = { readonly [Key in keyof Data]-?: DnsField<Data[Key]> };

/** A type whose data are its parts, one after the other. */
export function recordOf<Type extends DnsRecordTypeName, Data extends object>(
  type: Type,
  fields: DnsFields<Data>,
): DnsRecordType<Type, Data> {
  return { type, number: DnsType[type], ...dataOf(fields) };
}

/** The same data under another name. */
export function alsoCalled<Type extends DnsRecordTypeName, Data>(
  type: Type,
  other: DnsField<Data>,
): DnsRecordType<Type, Data> {
  const { decode, encode, parse, format } = other;
  return { type, number: DnsType[type], decode, encode, parse, format };
}

function dataOf<Data extends object>(fields: DnsFields<Data>): DnsField<Data> {
  const all = Object.entries(fields) as unknown as [keyof Data, DnsField<unknown>][];
  const gathered = (read: (field: DnsField<unknown>) => unknown): Data => {
    const data = {} as Record<keyof Data, unknown>;
    for (const [key, field] of all) data[key] = read(field);
    return data as Data;
  };
  return {
    decode: (reader) => gathered((field) => field.decode(reader)),
    encode(data, writer) {
      for (const [key, field] of all) field.encode(data[key], writer);
    },
    parse: (words) => gathered((field) => field.parse(words)),
    format: (data) =>
      all
        .map(([key, field]) => field.format(data[key]))
        .filter((text) => text !== "")
        .join(" "),
  };
}
