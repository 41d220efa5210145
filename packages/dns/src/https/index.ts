/**
 * DNS over HTTPS (RFC 8484), on `@hawser/web`: a resource for its sites.
 *
 * @packageDocumentation
 */
export * from "./server/dns-over-https.ts";
