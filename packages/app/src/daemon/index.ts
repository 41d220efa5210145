/** Running an application as a daemon, and finding one by its pid file. */
export { type Account, findAccount } from "./accounts.ts";
export { DaemonError, type DaemonErrorCode } from "./errors.ts";
export type { LoadSurroundings, RunParts } from "./parts.ts";
export { claimPidFile, type HeldPidFile, lookAtPidFile } from "./pid-file.ts";
export type { PidFileState } from "./pid-judgement.ts";
export { dropPrivileges } from "./privileges.ts";
export { type FileIdentity, type ProcessTable, systemProcesses } from "./process-table.ts";
export { type RunRequest, runApplication } from "./run.ts";
export type { RunSettings } from "./settings.ts";
