/**
 * Mailboxes, and what keeps them. Each protocol has an entry of its own.
 *
 * @packageDocumentation
 */
export * from "./store/errors.ts";
export type * from "./store/store.ts";
