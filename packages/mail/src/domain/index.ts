/**
 * Domains of mail: who is there, where mail for them goes, and who may bring it.
 *
 * @packageDocumentation
 */
export type * from "./aliases/alias.ts";
export * from "./aliases/file.ts";
export * from "./aliases/memory.ts";
export * from "./aliases/parse.ts";
export { type LocalDeliveryOptions, localDelivery } from "./delivery/local.ts";
export type { MailOverQuota } from "./delivery/outcome.ts";
export type { MailProgramOptions } from "./delivery/program.ts";
export * from "./delivery/transport.ts";
export type * from "./domain.ts";
export * from "./errors.ts";
export * from "./limits.ts";
export * from "./policies/dns-lists.ts";
export * from "./policies/greylist.ts";
export * from "./policies/greylist-store.ts";
export type { MailPolicyOptions } from "./policies/peer.ts";
export * from "./policies/peer-checks.ts";
export * from "./policies/policy.ts";
export * from "./policies/rate-limits.ts";
export * from "./policies/recipient-limits.ts";
export type * from "./router/options.ts";
export * from "./router/router.ts";
export * from "./router/srs.ts";
export * from "./router/users.ts";
export { mailDomain } from "./service/mail-domain.ts";
export type * from "./service/options.ts";
