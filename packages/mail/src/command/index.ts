/**
 * `hawser mail`, and what stands below it.
 *
 * @packageDocumentation
 */
export { mailCommand } from "./mail-command.ts";
export type { MailCommandOptions } from "./options.ts";
