import type { HttpField } from "./field.ts";

/** `Date`: when the message was made, in milliseconds since 1970 (RFC 9110 §6.6.1). */
export const dateField: HttpField<number> = dateFieldNamed("Date");
/** `Last-Modified`: when the content last changed (RFC 9110 §8.8.2). */
export const lastModifiedField: HttpField<number> = dateFieldNamed("Last-Modified");
/** `If-Modified-Since`: answer only when it changed after this (RFC 9110 §13.1.3). */
export const ifModifiedSinceField: HttpField<number> = dateFieldNamed("If-Modified-Since");
/** `If-Unmodified-Since`: act only when it has not changed after this (RFC 9110 §13.1.4). */
export const ifUnmodifiedSinceField: HttpField<number> = dateFieldNamed("If-Unmodified-Since");
/** `Expires`: when a response goes stale. An invalid date, `0` above all, reads as 1970: long ago (RFC 9111 §5.3). */
export const expiresField: HttpField<number> = {
  ...dateFieldNamed("Expires"),
  parse: (text) => parseHttpDate(text) ?? 0,
};

/**
 * Reads all three forms of an HTTP-date (RFC 9110 §5.6.7) into milliseconds since 1970. A two-digit year means the
 * latest such year that is not more than 50 years after `now`; without `now`, a year from 1970 to 2069.
 */
export function parseHttpDate(text: string, now?: number): number | undefined {
  const imf = IMF_FIXDATE.exec(text);
  if (imf) return utc(Number(imf[3]), imf[2]!, imf[1]!, imf[4]!);
  const rfc850 = RFC850_DATE.exec(text);
  if (rfc850) return utc(fullYear(Number(rfc850[3]), now), rfc850[2]!, rfc850[1]!, rfc850[4]!);
  const asctime = ASCTIME_DATE.exec(text);
  return asctime ? utc(Number(asctime[4]), asctime[1]!, asctime[2]!, asctime[3]!) : undefined;
}

/**
 * Writes an IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT`. Milliseconds are cut off.
 * @throws {TypeError} when the time is not within the years 0 to 9999
 */
export function formatHttpDate(ms: number): string {
  if (!(ms >= YEAR_0 && ms < YEAR_10000)) throw new TypeError(`Cannot write ${ms} as a date`);
  return new Date(ms).toUTCString();
}

function dateFieldNamed(name: string): HttpField<number> {
  return { name, parse: (text) => parseHttpDate(text), format: formatHttpDate };
}

/** Milliseconds of a date that exists: 31 February does not. A leap second counts as the second after it. */
function utc(year: number, monthName: string, dayText: string, timeOfDay: string): number | undefined {
  const [hour = 24, minute = 60, second = 61] = timeOfDay.split(":").map(Number);
  const midnight = new Date(0).setUTCFullYear(year, MONTHS.indexOf(monthName), Number(dayText));
  const day = new Date(midnight).getUTCDate();
  if (day !== Number(dayText) || hour > 23 || minute > 59 || second > 60) return undefined;
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000;
}

function fullYear(twoDigits: number, now: number | undefined): number {
  if (now === undefined) return twoDigits < 70 ? 2000 + twoDigits : 1900 + twoDigits;
  const latest = new Date(now).getUTCFullYear() + 50;
  return latest - ((((latest - twoDigits) % 100) + 100) % 100);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH = `(${MONTHS.join("|")})`;
const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const DAY_LONG = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";
const TIME = "(\\d\\d:\\d\\d:\\d\\d)";
const IMF_FIXDATE = new RegExp(`^${DAY}, (\\d\\d) ${MONTH} (\\d{4}) ${TIME} GMT$`);
const RFC850_DATE = new RegExp(`^${DAY_LONG}, (\\d\\d)-${MONTH}-(\\d\\d) ${TIME} GMT$`);
const ASCTIME_DATE = new RegExp(`^${DAY} ${MONTH} ([ \\d]\\d) ${TIME} (\\d{4})$`);
const YEAR_0 = new Date(0).setUTCFullYear(0, 0, 1);
const YEAR_10000 = Date.UTC(10000, 0, 1);
