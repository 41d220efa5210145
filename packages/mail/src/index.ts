/**
 * Mailboxes, and what keeps them. Each protocol has an entry of its own.
 *
 * @packageDocumentation
 */
export * from "./store/accounts.ts";
export * from "./store/deliver.ts";
export * from "./store/errors.ts";
export { systemFlags } from "./store/flags.ts";
export * from "./store/limits.ts";
export type { MaildirSpelling } from "./store/maildir/folder-names.ts";
export { type MaildirMailOptions, maildirMail } from "./store/maildir/store.ts";
export type { MboxMail } from "./store/mbox/message.ts";
export { MboxError, type MboxErrorCode, type ReadMboxOptions, readMbox } from "./store/mbox/read.ts";
export { exportMbox } from "./store/mbox/write.ts";
export type { MemoryMailLimits } from "./store/memory/account.ts";
export * from "./store/memory/store.ts";
export { folderName } from "./store/names.ts";
export type * from "./store/store.ts";
export * from "./store/transfer.ts";
