/** Reads the date of a cookie, in all the spellings that servers use (RFC 6265 §5.1.1), as milliseconds since 1970. */
export function parseCookieDate(text: string): number | undefined {
  const found: { time?: string[]; day?: number; month?: number; year?: number } = {};
  for (const token of text.split(DELIMITERS)) {
    const [, hour, minute, second] = TIME.exec(token) ?? [];
    const day = DAY.exec(token)?.[1];
    const month = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    const year = YEAR.exec(token)?.[1];
    if (found.time === undefined && hour && minute && second) found.time = [hour, minute, second];
    else if (found.day === undefined && day) found.day = Number(day);
    else if (found.month === undefined && month >= 0) found.month = month;
    else if (found.year === undefined && year) found.year = fullYear(Number(year));
  }
  const { time, day, month, year } = found;
  if (time === undefined || day === undefined || month === undefined || year === undefined || year < 1601)
    return undefined;
  const [hour, minute, second] = time.map(Number) as [number, number, number];
  const midnight = Date.UTC(year, month, day);
  if (new Date(midnight).getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return undefined;
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000;
}

function fullYear(year: number): number {
  if (year >= 70 && year <= 99) return year + 1900;
  return year <= 69 ? year + 2000 : year;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DELIMITERS = /[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;
const TIME = /^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])/;
const DAY = /^([0-9]{1,2})(?![0-9])/;
const YEAR = /^([0-9]{2,4})(?![0-9])/;
