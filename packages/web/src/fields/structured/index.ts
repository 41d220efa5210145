/** Structured field values (RFC 9651): read strictly, written canonically. */
export { formatStructuredDictionary, formatStructuredItem, formatStructuredList } from "./format.ts";
export { parseStructuredDictionary, parseStructuredItem, parseStructuredList } from "./parse.ts";
export * from "./types.ts";
