/**
 * `sendmail`, as programs call it: a message on standard input goes into the queue, or to a relay.
 *
 * @packageDocumentation
 */
export { SendmailError, type SendmailErrorCode } from "./errors.ts";
export { SendmailExit, type SendmailExitStatus } from "./exit.ts";
export { type SendmailLimits, sendmailLimits } from "./limits.ts";
export type { SendmailErrorMode, SendmailMode, SendmailRequest } from "./request.ts";
export { runSendmail } from "./run.ts";
export { sendmailTool } from "./sendmail-tool.ts";
export type { SendmailSettings } from "./settings.ts";
export type { SendmailSystem, SendmailUser } from "./system.ts";
export { parseSendmailWords } from "./words.ts";
