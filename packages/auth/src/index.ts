/**
 * One login for every protocol (DESIGN §3.5): a protocol turns what its peer sent into credentials, a checker says who
 * that is, a realm gives what the protocol asked for.
 *
 * @packageDocumentation
 */
export type * from "./credentials.ts";
export * from "./errors.ts";
export * from "./portal.ts";
