/**
 * Mail that waits for its way: a queue on disk, retries, reports.
 *
 * @packageDocumentation
 */
export { diskMailQueueStore } from "./disk/store.ts";
export { MailQueueError, type MailQueueErrorCode } from "./errors.ts";
export type * from "./events.ts";
export * from "./limits.ts";
export * from "./mail-queue.ts";
export { memoryMailQueueStore } from "./memory/store.ts";
export type * from "./queue.ts";
export type * from "./store.ts";
export type { MailQueueVisitOptions } from "./stored-queue.ts";
export * from "./transport/choose.ts";
export { type MailServerSecurity, type MxTransportOptions, mxTransport } from "./transport/mx.ts";
export type { SmtpTransportOptions } from "./transport/servers.ts";
export * from "./transport/smart-host.ts";
export * from "./visit.ts";
