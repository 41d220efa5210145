import { formatEntityTag, type HttpEntityTag, parseEntityTag } from "./entity-tag.ts";
import type { HttpField } from "./field.ts";
import { formatHttpDate, parseHttpDate } from "./http-date.ts";

/** The version a client has a part of: its tag, or its date. */
export type HttpIfRange =
  | { readonly type: "tag"; readonly tag: HttpEntityTag }
  | { readonly type: "date"; readonly date: number };

/** `If-Range`: send the rest if it is still this version, else the whole (RFC 9110 §13.1.5). */
export const ifRangeField: HttpField<HttpIfRange> = {
  name: "If-Range",
  parse: (text) => {
    const tag = parseEntityTag(text);
    if (tag !== undefined) return { type: "tag", tag };
    const date = parseHttpDate(text);
    return date === undefined ? undefined : { type: "date", date };
  },
  format: (value) => (value.type === "tag" ? formatEntityTag(value.tag) : formatHttpDate(value.date)),
};
