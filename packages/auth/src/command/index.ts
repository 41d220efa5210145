/**
 * What `hawser user` does, as functions and tables of options.
 *
 * @packageDocumentation
 */
export * from "./user.ts";
