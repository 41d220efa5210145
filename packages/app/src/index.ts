/**
 * Applications (DESIGN §3.7): services started and stopped as one tree, described as plain data.
 *
 * @packageDocumentation
 */
export type * from "./application/application.ts";
export * from "./application/description.ts";
