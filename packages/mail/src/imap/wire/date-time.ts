import { imapSyntax } from "../errors.ts";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const dayMs = 86_400_000;

/** `17-Jul-1996 02:44:25 +0000`, in UTC (RFC 9051 §9 date-time). */
export function formatImapDateTime(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (number: number): string => String(number).padStart(2, "0");
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  const day = String(date.getUTCDate()).padStart(2, " ");
  return `${day}-${months[date.getUTCMonth()]}-${String(date.getUTCFullYear()).padStart(4, "0")} ${time} +0000`;
}

/** The moment, in milliseconds since 1970. @throws {ImapProtocolError} `bad-syntax` */
export function parseImapDateTime(text: string): number {
  const match = /^([ \d]\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(text);
  const month = months.findIndex((name) => name.toLowerCase() === match?.[2]?.toLowerCase());
  if (match === null || month === -1) throw imapSyntax("Cannot read a date and time");
  const [, day, , year, hour, minute, second, sign, zoneHour, zoneMinute] = match;
  const local = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  const zoneMs = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000;
  return sign === "+" ? local - zoneMs : local + zoneMs;
}

/** A day, as its first millisecond in UTC: `1-Feb-1994` (RFC 9051 §9 date). @throws {ImapProtocolError} `bad-syntax` */
export function parseImapDate(text: string): number {
  const match = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text);
  const month = months.findIndex((name) => name.toLowerCase() === match?.[2]?.toLowerCase());
  if (match === null || month === -1) throw imapSyntax("Cannot read a date");
  return Date.UTC(Number(match[3]), month, Number(match[1]));
}

/** `1-Feb-1994`, in UTC. */
export function formatImapDate(epochMs: number): string {
  const date = new Date(epochMs);
  return `${date.getUTCDate()}-${months[date.getUTCMonth()]}-${date.getUTCFullYear()}`;
}

/** The day of a moment, in UTC, as its first millisecond. */
export function imapDayOf(epochMs: number): number {
  return Math.floor(epochMs / dayMs) * dayMs;
}
