/**
 * IMAP4rev1 and IMAP4rev2 (RFC 3501, RFC 9051): server and client.
 *
 * @packageDocumentation
 */
export {
  type ImapAppended,
  ImapClient,
  type ImapListed,
  type ImapNewMessage,
  type ImapSelectOptions,
} from "./client/client.ts";
export type { ImapSent } from "./client/command-queue.ts";
export { connectImap } from "./client/connect.ts";
export type {
  ImapFetchName,
  ImapFetchOptions,
  ImapMessage,
  ImapMessageParts,
  ImapSectionWanted,
} from "./client/fetch.ts";
export { type ImapCopied, ImapMailbox, type ImapMailboxChange } from "./client/mailbox.ts";
export type { ImapConnectOptions, ImapLogin } from "./client/options.ts";
export type { ImapFetched, ImapResponse, ImapStatusLine } from "./client/responses.ts";
export type { ImapAddress, ImapBodyPart, ImapEnvelope } from "./client/structure.ts";
export type { ImapIdFields } from "./commands/id.ts";
export type { ImapKnownState } from "./commands/select.ts";
export type { ImapStatusItem } from "./commands/status.ts";
export { ImapProtocolError, type ImapProtocolErrorCode, ImapReplyError, type ImapReplyErrorCode } from "./errors.ts";
export * from "./limits.ts";
export { type ImapClientAction, type ImapClientEvent, ImapClientMachine } from "./machine/client.ts";
export { type ImapServerAction, type ImapServerEvent, ImapServerMachine } from "./machine/server.ts";
export type { ImapSearchQuery } from "./search/format.ts";
export type { ImapServerOptions } from "./server/options.ts";
export { imapServer } from "./server/server.ts";
export type { ImapPiece } from "./wire/format.ts";
export { ImapNumberSet, type ImapRange } from "./wire/number-set.ts";
export type { ImapLine } from "./wire/scanner.ts";
