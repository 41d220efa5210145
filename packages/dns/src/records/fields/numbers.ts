import type { DnsField } from "../record-type.ts";

/** A whole number of one octet. */
export const uint8: DnsField<number> = {
  decode: (reader) => reader.uint8(),
  encode: (value, writer) => writer.uint8(checkInteger(value, 0xff)),
  parse: (words) => words.integer(0xff),
  format: String,
};

/** A whole number of two octets. */
export const uint16: DnsField<number> = {
  decode: (reader) => reader.uint16(),
  encode: (value, writer) => writer.uint16(checkInteger(value, 0xffff)),
  parse: (words) => words.integer(0xffff),
  format: String,
};

/** A whole number of four octets. */
export const uint32: DnsField<number> = {
  decode: (reader) => reader.uint32(),
  encode: (value, writer) => writer.uint32(checkInteger(value, 0xffffffff)),
  parse: (words) => words.integer(0xffffffff),
  format: String,
};

/** Seconds in four octets; in text they may have units: `1h30m`. */
export const period: DnsField<number> = {
  ...uint32,
  parse: (words) => words.period(),
};

/** A number that may be written by its name. */
export function named(number: DnsField<number>, numbers: Readonly<Record<string, number>>): DnsField<number> {
  return {
    ...number,
    parse(words) {
      const known = numbers[words.peek()?.text.toUpperCase() ?? ""];
      if (known === undefined) return number.parse(words);
      words.word();
      return known;
    },
  };
}

/** @throws {RangeError} unless the value is a whole number from 0 to `max` */
export function checkInteger(value: number, max: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new RangeError(`Cannot encode ${value}: a whole number from 0 to ${max} is needed`);
}
