/**
 * `hawser user`: tools, and what they do as functions and tables of options.
 *
 * @packageDocumentation
 */
export * from "./user.ts";
export { userTools } from "./user-tools.ts";
