/**
 * Internet messages: headers, addresses and dates (RFC 5322), MIME parts by their octets (RFC 2045 to 2049), transfer
 * encodings, and composing. Everything here is a value or a pure function.
 *
 * @packageDocumentation
 */
export * from "./address/addresses.ts";
export * from "./address/format.ts";
export * from "./address/mailbox.ts";
export * from "./charset.ts";
export type * from "./compose/entity.ts";
export { writeEntity } from "./compose/entity.ts";
export * from "./compose/message.ts";
export * from "./date.ts";
export * from "./errors.ts";
export * from "./header/encoded-words.ts";
export * from "./header/format-field.ts";
export * from "./header/header.ts";
export * from "./header/parameters.ts";
export * from "./header/tokens.ts";
export * from "./limits.ts";
export * from "./reading/message.ts";
export type { TransferCoder } from "./transfer/coder.ts";
export * from "./transfer/encodings.ts";
export { allParts, type MimePart, partAt } from "./tree/part.ts";
export * from "./tree/reader.ts";
