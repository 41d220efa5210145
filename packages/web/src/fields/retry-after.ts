import type { HttpField } from "./field.ts";
import { formatHttpDate, parseHttpDate } from "./http-date.ts";
import { formatWholeNumber, parseDeltaSeconds } from "./whole-number.ts";

/** When to come again: in so many seconds, or at a time in milliseconds since 1970. */
export type HttpRetryAfter =
  | { readonly type: "delay"; readonly seconds: number }
  | { readonly type: "date"; readonly date: number };

/** `Retry-After` (RFC 9110 §10.2.3). */
export const retryAfterField: HttpField<HttpRetryAfter> = {
  name: "Retry-After",
  parse: (text) => {
    const seconds = parseDeltaSeconds(text);
    if (seconds !== undefined) return { type: "delay", seconds };
    const date = parseHttpDate(text);
    return date === undefined ? undefined : { type: "date", date };
  },
  format: (value) => (value.type === "delay" ? formatWholeNumber(value.seconds) : formatHttpDate(value.date)),
};
