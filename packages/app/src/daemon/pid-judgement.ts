import type { FileIdentity, ProcessTable } from "./process-table.ts";

/** A pid file as it was found. */
export interface FoundPidFile extends FileIdentity {
  readonly text: string;
  readonly modifiedMs: number;
}

/** Whose a pid file is. `foreign` holds something else than a process id. */
export type PidFileState =
  | { readonly name: "running"; readonly pid: number }
  | { readonly name: "stale"; readonly pid: number | undefined }
  | { readonly name: "foreign" };

/** Start times are told in hundredths of a second, and clocks are set while daemons run. */
const slackMs = 2_000;

/** The number in a pid file; it is empty when its daemon could not remove it. */
export function parsePid(text: string): number | "empty" | undefined {
  if (text.trim() === "") return "empty";
  const pid = /^\s*(\d{1,10})\s*$/.test(text) ? Number(text) : 0;
  return pid >= 1 && pid < 2 ** 31 ? pid : undefined;
}

/**
 * Tells whether the daemon that wrote a pid file still runs. A daemon keeps its file open, so a process that has not, got
 * the number of a dead one. Where descriptors are not shown to us, one that started after the file was written did.
 */
export function judgePidFile(found: FoundPidFile, table: ProcessTable, ownPid: number): PidFileState {
  const pid = parsePid(found.text);
  if (pid === undefined) return { name: "foreign" };
  if (pid === "empty") return { name: "stale", pid: undefined };
  if (pid === ownPid || !table.isAlive(pid)) return { name: "stale", pid };
  const holds = table.holds(pid, found) ?? !startedLater(table.startedAtMs(pid), found.modifiedMs);
  return { name: holds ? "running" : "stale", pid };
}

function startedLater(startedAtMs: number | undefined, writtenMs: number): boolean {
  return startedAtMs !== undefined && startedAtMs > writtenMs + slackMs;
}
