import { formatImapDate } from "../wire/date-time.ts";
import { commandString, type ImapPiece } from "../wire/format.ts";
import { isAsciiText, octetText } from "../wire/octet-text.ts";

/** What a client looks for: all that is given must fit. */
export interface ImapSearchQuery {
  readonly all?: true | undefined;
  readonly uid?: string | undefined;
  readonly seen?: boolean | undefined;
  readonly answered?: boolean | undefined;
  readonly flagged?: boolean | undefined;
  readonly deleted?: boolean | undefined;
  readonly draft?: boolean | undefined;
  readonly keyword?: string | undefined;
  readonly unkeyword?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly cc?: string | undefined;
  readonly bcc?: string | undefined;
  readonly subject?: string | undefined;
  readonly body?: string | undefined;
  readonly text?: string | undefined;
  /** Name, and a part of what it says; an empty one: it is there. */
  readonly header?: readonly [name: string, text: string] | undefined;
  /** Days in UTC, in milliseconds since 1970. */
  readonly before?: number | undefined;
  readonly on?: number | undefined;
  readonly since?: number | undefined;
  readonly sentBefore?: number | undefined;
  readonly sentOn?: number | undefined;
  readonly sentSince?: number | undefined;
  readonly larger?: number | undefined;
  readonly smaller?: number | undefined;
  readonly modSeq?: number | undefined;
  readonly emailId?: string | undefined;
  readonly or?: readonly [ImapSearchQuery, ImapSearchQuery] | undefined;
  readonly not?: ImapSearchQuery | undefined;
}

/** Whether a query has text that is not US-ASCII: then its charset is to be told. */
export function searchNeedsCharset(query: ImapSearchQuery): boolean {
  return Object.values(query).some((value) => {
    if (typeof value === "string") return !isAsciiText(value);
    if (Array.isArray(value))
      return value.some((one) =>
        typeof one === "string" ? !isAsciiText(one) : searchNeedsCharset(one as ImapSearchQuery),
      );
    return typeof value === "object" && searchNeedsCharset(value as ImapSearchQuery);
  });
}

/** The keys of a query, as they are sent. */
export function formatSearch(query: ImapSearchQuery): readonly ImapPiece[] {
  const keys = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [formatKey(name, value as never)],
  );
  if (keys.length === 0) return ["ALL"];
  return keys.flatMap((key, i) => (i === 0 ? key : [" ", ...key]));
}

const dates: Readonly<Record<string, string>> = {
  before: "BEFORE",
  on: "ON",
  since: "SINCE",
  sentBefore: "SENTBEFORE",
  sentOn: "SENTON",
  sentSince: "SENTSINCE",
};

function formatKey(
  name: string,
  value: string | boolean | number | readonly unknown[] | ImapSearchQuery,
): readonly ImapPiece[] {
  if (name in dates) return [`${dates[name]} ${formatImapDate(value as number)}`];
  if (typeof value === "boolean") return [name === "all" ? "ALL" : `${value ? "" : "UN"}${name.toUpperCase()}`];
  if (name === "uid") return [`UID ${value as string}`];
  if (typeof value === "number") return [`${name.toUpperCase()} ${value}`];
  if (typeof value === "string") return [`${name.toUpperCase()} `, commandString(octetText(value))];
  if (name === "not") return ["NOT (", ...formatSearch(value as ImapSearchQuery), ")"];
  const [one, other] = value as readonly [never, never];
  if (name === "or") return ["OR (", ...formatSearch(one), ") (", ...formatSearch(other), ")"];
  return ["HEADER ", commandString(octetText(one)), " ", commandString(octetText(other))];
}
