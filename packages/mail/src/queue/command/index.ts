/**
 * `hawser queue`.
 *
 * @packageDocumentation
 */
export { mailQueueTools } from "./queue-tools.ts";
