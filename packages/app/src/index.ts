/**
 * Applications (DESIGN §3.7): services started and stopped as one tree, described as plain data.
 *
 * @packageDocumentation
 */
export type * from "./application/application.ts";
export * from "./application/check.ts";
export * from "./application/description.ts";
export type { CommandDataPath } from "./application/option-data.ts";
export { applicationOf, startApplication } from "./application/start.ts";
export {
  commandValues,
  type HasOptions,
  normalizeOptions,
  type OptionData,
  OptionError,
  type OptionProblem,
  optionProblems,
} from "./application/values.ts";
export * from "./commands/index.ts";
export * from "./config/index.ts";
export * from "./dashboard/index.ts";
export * from "./observe/index.ts";
export * from "./packages/index.ts";
export * from "./services/index.ts";
export * from "./tap/index.ts";
