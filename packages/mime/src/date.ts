import { quote } from "@hawser/core/protocol";
import { MimeError } from "./errors.ts";
import { mailTokens } from "./header/tokens.ts";

/** A moment, and how far the clock of whoever wrote it was from UTC. */
export interface MailDate {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly epochMs: number;
  /** Minutes east of UTC. */
  readonly offsetMinutes: number;
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Zones that have names (RFC 5322 §4.3); letters of the armed forces, and whatever nobody knows, mean UTC. */
const zones: Readonly<Record<string, number>> = {
  EDT: -4,
  EST: -5,
  CDT: -5,
  CST: -6,
  MDT: -6,
  MST: -7,
  PDT: -7,
  PST: -8,
};

/** `Thu, 13 Feb 2020 15:04:05 +0100` (RFC 5322 §3.3). @throws {RangeError} for years before 1900 and after 9999 */
export function formatMailDate({ epochMs, offsetMinutes }: MailDate): string {
  const local = new Date(epochMs + offsetMinutes * 60_000);
  const year = local.getUTCFullYear();
  if (!(year >= 1900 && year <= 9999) || !(Math.abs(offsetMinutes) < 6_000))
    throw new RangeError(`Cannot write the moment ${epochMs} with the offset ${offsetMinutes} as a date`);
  const time = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(":");
  const ahead = Math.abs(offsetMinutes);
  const zone = `${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(ahead / 60))}${two(ahead % 60)}`;
  return `${days[local.getUTCDay()]}, ${local.getUTCDate()} ${months[local.getUTCMonth()]} ${year} ${time} ${zone}`;
}

/**
 * Reads a date with its old forms: two digits of a year, names of zones, comments, a missing day of the week or second
 * (RFC 5322 §4.3).
 *
 * @throws {MimeError} `bad-date`
 */
export function parseMailDate(text: string): MailDate {
  const words = [...mailTokens(text)].filter(({ type }) => type !== "comment");
  const plain = words.map((word, i) => (word.isSpaced && i > 0 ? ` ${word.text}` : word.text)).join("");
  const match = dateTime.exec(plain);
  const month = months.findIndex((name) => name.toLowerCase() === match?.[2]?.toLowerCase());
  if (match === null || month === -1) throw bad(text);
  const [day, , year, hour, minute, second = "0"] = match.slice(1, 7) as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ];
  const offsetMinutes = offsetOf(match[7]);
  const numbers = [fullYear(year), month, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const local = Date.UTC(...numbers);
  if (!isRight(numbers) || Math.abs(offsetMinutes) >= 6_000) throw bad(text);
  return { epochMs: local - offsetMinutes * 60_000, offsetMinutes };
}

const dateTime =
  /^(?:[A-Za-z]+ *, *)?(\d{1,2}) +([A-Za-z]{3})[A-Za-z]* +(\d{2,4}) +(\d{1,2}) *: *(\d{2})(?: *: *(\d{2}))?(?: +([+-]\d{4}|[A-Za-z]+))?/;

function fullYear(text: string): number {
  const year = Number(text);
  if (text.length >= 4) return year;
  return text.length === 3 || year >= 50 ? 1900 + year : 2000 + year;
}

function offsetOf(zone: string | undefined): number {
  if (zone === undefined || /^[A-Za-z]/.test(zone)) return (zones[zone?.toUpperCase() ?? ""] ?? 0) * 60;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  return zone.startsWith("-") ? -minutes : minutes;
}

/** Whether no number was carried over: 31 February is no day. A leap second is (RFC 5322 §3.3). */
function isRight([year, month, day, hour, minute, second]: readonly [
  number,
  number,
  number,
  number,
  number,
  number,
]): boolean {
  const date = new Date(Date.UTC(year, month, day));
  return date.getUTCDate() === day && date.getUTCMonth() === month && hour < 24 && minute < 60 && second <= 60;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

function bad(text: string): MimeError {
  return new MimeError("bad-date", `Cannot read the date ${quote(text)}`);
}
