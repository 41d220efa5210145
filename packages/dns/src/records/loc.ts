import { DnsProtocolError } from "../errors.ts";
import type { DnsWords } from "../presentation/words.ts";
import { checkInteger } from "./fields/numbers.ts";
import type { DnsRecordType } from "./record-type.ts";
import { DnsType } from "./types.ts";

/** Where something is on Earth (RFC 1876 §2). */
export interface LocData {
  /** Thousandths of a second of arc, north of the equator. */
  readonly latitudeMilliArcSeconds: number;
  /** Thousandths of a second of arc, east of Greenwich. */
  readonly longitudeMilliArcSeconds: number;
  /** Above the WGS 84 spheroid; at least -100,000 m. */
  readonly altitudeCm: number;
  /** The diameter of a sphere around it: one digit and zeros. Default 1 m. */
  readonly sizeCm: number;
  /** Default 10 km. */
  readonly horizontalPrecisionCm: number;
  /** Default 10 m. */
  readonly verticalPrecisionCm: number;
}

/** Zero of both angles on the wire. */
const middle = 2 ** 31;
const altitudeZeroCm = 10_000_000;
const latitudeMax = 90 * 3_600_000;
const longitudeMax = 180 * 3_600_000;

/** LOC: angles, heights and sizes have units and defaults of their own (RFC 1876 §3). */
export const locRecord: DnsRecordType<"LOC", LocData> = {
  type: "LOC",
  number: DnsType.LOC,
  decode(reader) {
    if (reader.uint8() !== 0) throw badLoc("its version is not 0");
    const [size, horizontal, vertical] = [reader.uint8(), reader.uint8(), reader.uint8()];
    const [latitude, longitude, altitude] = [reader.uint32(), reader.uint32(), reader.uint32()];
    if (Math.abs(latitude - middle) > latitudeMax || Math.abs(longitude - middle) > longitudeMax)
      throw badLoc("an angle is too large");
    return {
      latitudeMilliArcSeconds: latitude - middle,
      longitudeMilliArcSeconds: longitude - middle,
      altitudeCm: altitude - altitudeZeroCm,
      sizeCm: decodeSize(size),
      horizontalPrecisionCm: decodeSize(horizontal),
      verticalPrecisionCm: decodeSize(vertical),
    };
  },
  encode(data, writer) {
    writer.uint8(0);
    for (const size of [data.sizeCm, data.horizontalPrecisionCm, data.verticalPrecisionCm])
      writer.uint8(encodeSize(size));
    writer.uint32(middle + checkAngle(data.latitudeMilliArcSeconds, latitudeMax));
    writer.uint32(middle + checkAngle(data.longitudeMilliArcSeconds, longitudeMax));
    writer.uint32(checkInteger(data.altitudeCm + altitudeZeroCm, 0xffffffff));
  },
  parse: (words) => ({
    latitudeMilliArcSeconds: parseAngle(words, "N", "S", 90),
    longitudeMilliArcSeconds: parseAngle(words, "E", "W", 180),
    altitudeCm: parseMetres(words, -altitudeZeroCm, 0xffffffff - altitudeZeroCm),
    sizeCm: parseSize(words, 100),
    horizontalPrecisionCm: parseSize(words, 1_000_000),
    verticalPrecisionCm: parseSize(words, 1_000),
  }),
  format: (data) =>
    [
      formatAngle(data.latitudeMilliArcSeconds, "N", "S"),
      formatAngle(data.longitudeMilliArcSeconds, "E", "W"),
      ...[data.altitudeCm, data.sizeCm, data.horizontalPrecisionCm, data.verticalPrecisionCm].map(formatMetres),
    ].join(" "),
};

/** Two digits: the first is multiplied by ten to the power of the second (RFC 1876 §2). */
function decodeSize(octet: number): number {
  const [digit, power] = [octet >> 4, octet & 15];
  if (digit > 9 || power > 9) throw badLoc("a size is not in decimal digits");
  return digit * 10 ** power;
}

/** Sizes in between are cut to one digit. */
function encodeSize(size: number): number {
  checkInteger(size, 9e9);
  let [digit, power] = [size, 0];
  for (; digit >= 10; power++) digit = Math.floor(digit / 10);
  return (digit << 4) | power;
}

/** `51 30 12.748 N`: minutes and seconds may be left out. */
function parseAngle(words: DnsWords, positive: string, negative: string, degreesMax: number): number {
  let total = words.integer(degreesMax) * 3_600_000;
  for (const unit of [60_000, 1_000]) {
    const text = words.peek()?.text ?? "";
    if (!/^\d{1,2}(\.\d{1,3})?$/.test(text) || (unit > 1_000 && text.includes("."))) break;
    const value = Math.round(Number(words.word()) * 1_000);
    if (value >= 60_000) throw words.bad(text, "minutes and seconds are below 60");
    total += (value * unit) / 1_000;
  }
  const side = words.word();
  if (total > degreesMax * 3_600_000) throw words.bad(side, `at most ${degreesMax} degrees may be`);
  if (side.toUpperCase() === positive) return total;
  if (side.toUpperCase() === negative) return total === 0 ? 0 : -total;
  throw words.bad(side, `${positive} or ${negative} is needed`);
}

function formatAngle(value: number, positive: string, negative: string): string {
  const total = Math.abs(value);
  const seconds = ((total % 60_000) / 1_000).toFixed(3);
  return `${Math.floor(total / 3_600_000)} ${Math.floor(total / 60_000) % 60} ${seconds} ${value < 0 ? negative : positive}`;
}

function parseSize(words: DnsWords, byDefault: number): number {
  if (words.isDone) return byDefault;
  return decodeSize(encodeSize(parseMetres(words, 0, 9e9)));
}

/** Metres with up to two decimals, and an `m` that may be left out. */
function parseMetres(words: DnsWords, min: number, max: number): number {
  const word = words.word();
  const value = /^-?\d{1,8}(\.\d{1,2})?m?$/i.test(word) ? Math.round(Number.parseFloat(word) * 100) : Number.NaN;
  if (value >= min && value <= max) return value === 0 ? 0 : value;
  throw words.bad(word, "metres like 24.5m are needed");
}

function formatMetres(cm: number): string {
  return `${(cm / 100).toFixed(2)}m`;
}

function checkAngle(value: number, max: number): number {
  return checkInteger(value + max, 2 * max) - max;
}

function badLoc(reason: string): DnsProtocolError {
  return new DnsProtocolError("bad-rdata", `LOC: ${reason}`, "RFC 1876 §2");
}
