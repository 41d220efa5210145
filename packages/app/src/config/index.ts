/**
 * Configurations (DESIGN §3.7): an application in TypeScript, JSON, TOML or YAML, its secrets, and what is wrong with it.
 *
 * @packageDocumentation
 */
export type { RestartPolicy } from "../application/description.ts";
export type { CallSite } from "./call-site.ts";
export type { DataPath } from "./document.ts";
export { ConfigurationError, type ConfigurationProblem, formatProblem, type TextPlace } from "./errors.ts";
export { type ExaminedApplication, examineApplication, loadApplication, serviceCommand } from "./load.ts";
export * from "./maker.ts";
export { findConfiguration } from "./read.ts";
export * from "./secret-reference.ts";
export { hideSecrets, readSecret, readSecrets, type SecretContext, serviceValues } from "./secrets.ts";
export type { ApplicationSource, LoadContext } from "./source.ts";
