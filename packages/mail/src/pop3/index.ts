/**
 * POP3 (RFC 1939), as server and as client.
 *
 * @packageDocumentation
 */
export * from "./client.ts";
export type * from "./client-options.ts";
export * from "./connect.ts";
export * from "./errors.ts";
export { Pop3Maildrop, pop3Accounts } from "./maildrop.ts";
export * from "./server.ts";
export type { Pop3ServerOptions } from "./session.ts";
export type * from "./words.ts";
