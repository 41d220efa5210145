/**
 * What a protocol needs to ask a portal: credentials, avatars, and the refusal. It is a small part of `@hawser/auth`, whose
 * checkers and databases are loaded by the application that wants some.
 *
 * @packageDocumentation
 */

export type * from "../credentials.ts";
export * from "../errors.ts";
export * from "../portal.ts";
