/** Logs: records in, lines out, kept by size and day. */
export { openToAppend } from "./append-file.ts";
export { CommandLogs } from "./command-logs.ts";
export { logError, logEvents } from "./events.ts";
export { type LogLevel, logLevelNames } from "./levels.ts";
export type { ApplicationLog } from "./logger.ts";
export { type LogSettings, type OpenLog, openApplicationLog } from "./open-log.ts";
export { withoutSecrets } from "./redact.ts";
export type { LogFormat } from "./terminal-log.ts";
export { formatLogLine } from "./text-format.ts";
