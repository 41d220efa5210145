/**
 * SMTP (RFC 5321) and LMTP (RFC 2033), server and client.
 *
 * @packageDocumentation
 */
export type * from "./backend.ts";
export type { SmtpContent, SmtpMessage, SmtpRecipientInit } from "./client/message.ts";
export { type SmtpRecipientResult, SmtpRecipientsError, type SmtpSendResult } from "./client/transaction.ts";
export * from "./client.ts";
export * from "./errors.ts";
export * from "./extension.ts";
export { smtpExtensions } from "./extensions/index.ts";
export * from "./limits.ts";
export { SmtpClientMachine, type SmtpClientMachineOptions } from "./machine/client.ts";
export type * from "./machine/client-messages.ts";
export { SmtpServerMachine } from "./machine/server.ts";
export type * from "./machine/server-messages.ts";
export type * from "./machine/server-options.ts";
export * from "./memory.ts";
export * from "./relaying.ts";
export * from "./send-mail.ts";
export * from "./server.ts";
export type { SmtpLineEndings } from "./wire/data-reader.ts";
export { parseSmtpAddress, type SmtpAddress } from "./wire/path.ts";
export { parseSmtpReply, type SmtpReply } from "./wire/reply.ts";
export type { SmtpBody, SmtpKind, SmtpNotify } from "./words.ts";
