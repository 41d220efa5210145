/**
 * Domains of mail: who is there, where mail for them goes, and who may bring it.
 *
 * @packageDocumentation
 */
export type * from "./domain.ts";
