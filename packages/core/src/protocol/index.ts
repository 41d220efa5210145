/**
 * What a protocol is made of: errors, machines and their driver, deadlines, buffers. It is a small part of `@hawser/core`,
 * for packages that do not want to wait for the rest of it.
 *
 * @packageDocumentation
 */

export * from "../address.ts";
export type * from "../clock.ts";
export { DeadlineTimer } from "../deadline-timer.ts";
export { type DriveHandlers, Driver, drive } from "../drive.ts";
export * from "../errors.ts";
export type * from "../events.ts";
export type * from "../factory.ts";
export { type Fault, reportFault } from "../faults.ts";
export * from "../files/faults.ts";
export * from "../files/guard.ts";
export * from "../files/tree.ts";
export * from "../framing/receive-buffer.ts";
export type * from "../machine.ts";
export { builtIn, type LazyBuiltIns, nextTick } from "../process-calls.ts";
export type * from "../reactor.ts";
export type * from "../security.ts";
export type * from "../transport.ts";
