/**
 * Mail that waits for its way: a queue on disk, retries, reports.
 *
 * @packageDocumentation
 */
export * from "./errors.ts";
export type * from "./queue.ts";
