import { type MailDate, MimeError, mailTokens, parseMailDate } from "@hawser/mime";
import type { ComplaintSource } from "./source.ts";

/** date-time as it must be written (RFC 5322 §3.3); comments are taken away. */
const strict =
  /^(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun) *, +)?\d{1,2} +(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{4,} +\d\d:\d\d(?::\d\d)? +[+-]\d{4}$/i;

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const dayMs = 86_400_000;

/** When the message was written, as it says. */
export function complainOfDate(source: ComplaintSource): void {
  const text = source.tree.header.get("date");
  if (text === undefined) return;
  const offset = source.offsetOf(source.tree, "date");
  const date = read(text);
  if (date === undefined) return source.complain("date-syntax", offset, { excerpt: text });
  const match = strict.exec(withoutComments(text));
  if (match === null) source.complain("date-obsolete", offset, { excerpt: text });
  const local = new Date(date.epochMs + date.offsetMinutes * 60_000);
  const told = /^\s*([A-Za-z]{3})/.exec(text)?.[1]?.toLowerCase();
  if (told !== undefined && told !== days[local.getUTCDay()])
    source.complain("date-weekday", offset, { excerpt: text });
  const { now } = source.facts;
  if (now !== undefined && Math.abs(date.epochMs - now) > dayMs)
    source.complain("date-far", offset, { text: `The date is ${distance(date.epochMs - now)}`, excerpt: text });
}

function read(text: string): MailDate | undefined {
  try {
    return parseMailDate(text);
  } catch (error) {
    if (error instanceof MimeError) return undefined;
    throw error;
  }
}

function withoutComments(text: string): string {
  const hasComment = [...mailTokens(text)].some(({ type }) => type === "comment");
  return (hasComment ? text.replace(/\([^()]*\)/g, " ") : text).replace(/\s+/g, " ").trim();
}

function distance(ms: number): string {
  const count = Math.round(Math.abs(ms) / dayMs);
  const many = count === 1 ? "a day" : `${count} days`;
  return ms > 0 ? `${many} in the future` : `${many} ago`;
}
