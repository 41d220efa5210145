/**
 * Applications: services put together, run, and packed.
 *
 * @packageDocumentation
 */
export * from "./packages/index.ts";
