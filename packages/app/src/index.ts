/**
 * Applications (DESIGN §3.7): services started and stopped as one tree, described as plain data.
 *
 * @packageDocumentation
 */
export type * from "./application/application.ts";
export * from "./application/description.ts";
export { applicationOf, startApplication } from "./application/start.ts";
export * from "./dashboard/index.ts";
export * from "./observe/index.ts";
export * from "./services/index.ts";
