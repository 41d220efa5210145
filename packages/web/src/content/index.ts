/**
 * Content negotiation (RFC 9110 §12) and content codings (RFC 9110 §8.4): what to send, and how small.
 */
export type { HttpContentCoding } from "./codings.ts";
export { type CompressOptions, compressStream } from "./compress.ts";
export * from "./compressible.ts";
export * from "./decode.ts";
export * from "./errors.ts";
export { filterLanguages, lookupLanguage, negotiateLanguage } from "./languages.ts";
export { negotiateCharset, negotiateEncoding, negotiateMediaType } from "./negotiate.ts";
export { httpContentCodings } from "./table.ts";
