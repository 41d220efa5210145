/**
 * Sender authentication: DKIM (RFC 6376), SPF (RFC 7208), DMARC (RFC 7489, RFC 9989) and the field that says what was found
 * (RFC 8601).
 *
 * @packageDocumentation
 */
export * from "./authenticate.ts";
export { type DkimKeyRecord, dkimKeyName, formatDkimKeyRecord, parseDkimKeyRecord } from "./dkim/key-record.ts";
export { type DkimDnsRecord, type DkimKey, dkimDnsRecord, generateDkimKey } from "./dkim/keys.ts";
export type * from "./dkim/result.ts";
export * from "./dkim/signature.ts";
export * from "./dkim/signer.ts";
export * from "./dkim/verifier.ts";
export * from "./dkim/words.ts";
export * from "./dmarc/dmarc.ts";
export type * from "./dmarc/options.ts";
export * from "./dmarc/record.ts";
export type { PublishedDmarc } from "./dmarc/tree-walk.ts";
export * from "./errors.ts";
export * from "./limits.ts";
export type * from "./lookups/lookups.ts";
export * from "./lookups/memory-lookups.ts";
export * from "./lookups/resolver-lookups.ts";
export * from "./results/authentication-results.ts";
export * from "./results/forged.ts";
export { formatAuthenticationResults } from "./results/format.ts";
export { parseAuthenticationResults } from "./results/parse.ts";
export * from "./results/received-spf.ts";
export * from "./spf/check-host.ts";
export { isSpfRecord, parseSpfRecord } from "./spf/record.ts";
export type * from "./spf/words.ts";
export * from "./split-message.ts";
