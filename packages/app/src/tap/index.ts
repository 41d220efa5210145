/**
 * Tap files (DESIGN §3.7): an application kept in a file, as JSON, as a program in TypeScript, or as XML.
 *
 * @packageDocumentation
 */
export { decryptTap, encryptTap, isEncrypted, type TapEncryptionCost } from "./encrypt.ts";
export { readTapDocument, type TapDocument } from "./read.ts";
export { formatTap } from "./tap.ts";
export { formatTas, type TasOptions } from "./tas-write.ts";
export { formatTax } from "./tax-write.ts";
export { type TapType, tapTypes } from "./types.ts";
