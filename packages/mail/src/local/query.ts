import type { MailLocalSummary } from "./message.ts";

/** Which messages are meant. What is absent means all; texts are found anywhere, in any case of letters. */
export interface MailLocalQuery {
  /** Somebody whom it was sent to, in the envelope or the message. */
  readonly to?: string | RegExp | undefined;
  readonly from?: string | RegExp | undefined;
  readonly subject?: string | RegExp | undefined;
  /** Words, each of which is in the subject, the addresses or the text. */
  readonly search?: string | undefined;
  /** Came at this time or later; numbers are milliseconds since 1970. */
  readonly since?: Date | number | string | undefined;
  /** Came after the message with this id. */
  readonly after?: number | undefined;
  readonly isRead?: boolean | undefined;
  /** What was refused as well: see `pedantic`. Default true; false where somebody waits. */
  readonly withRefused?: boolean | undefined;
}

/** A message as a query looks at it. */
export interface MailLocalIndexed {
  readonly summary: MailLocalSummary;
  /** Everything that words are looked for in, in lower case. */
  readonly words: string;
}

/** Makes a question of a query. @throws {RangeError} when `since` is no time */
export function mailLocalMatcher(query: MailLocalQuery): (message: MailLocalIndexed) => boolean {
  const { after = 0, isRead, withRefused = true } = query;
  const since = query.since === undefined ? Number.NEGATIVE_INFINITY : timeOf(query.since);
  const words = (query.search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const to = finder(query.to);
  const from = finder(query.from);
  const subject = finder(query.subject);
  return ({ summary, words: text }) =>
    summary.id > after &&
    (isRead === undefined || summary.isRead === isRead) &&
    (withRefused || !summary.isRefused) &&
    Date.parse(summary.receivedAt) >= since &&
    to(recipientsIn(summary)) &&
    from(summary.from.map(addressText)) &&
    subject([summary.subject]) &&
    words.every((word) => text.includes(word));
}

function timeOf(since: Date | number | string): number {
  const time = typeof since === "number" ? since : new Date(since).getTime();
  if (Number.isNaN(time))
    throw new RangeError(`Cannot look for messages since ${JSON.stringify(since)}: it is no time`);
  return time;
}

function recipientsIn({ to, cc, recipients }: MailLocalSummary): readonly string[] {
  return [...recipients, ...to.map(addressText), ...cc.map(addressText)];
}

function addressText({ name, address }: { readonly name: string; readonly address: string }): string {
  return name === "" ? address : `${name} <${address}>`;
}

function finder(wanted: string | RegExp | undefined): (texts: readonly string[]) => boolean {
  if (wanted === undefined) return () => true;
  if (typeof wanted === "string") {
    const lower = wanted.toLowerCase();
    return (texts) => texts.some((text) => text.toLowerCase().includes(lower));
  }
  // A global one remembers where it was.
  const pattern = new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, ""));
  return (texts) => texts.some((text) => pattern.test(text));
}
