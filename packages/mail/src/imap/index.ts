/**
 * IMAP4rev1 and IMAP4rev2 (RFC 3501, RFC 9051): server and client.
 *
 * @packageDocumentation
 */
export * from "./errors.ts";
export { ImapServerMachine } from "./machine/server.ts";
export { type ImapServerOptions, imapAccounts } from "./server/options.ts";
export { imapServer } from "./server/server.ts";
