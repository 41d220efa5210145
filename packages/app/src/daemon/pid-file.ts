import {
  closeSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { quote, UsageError } from "@hawser/core";
import { fileReason } from "../logs/file-reason.ts";
import { DaemonError } from "./errors.ts";
import { type FoundPidFile, judgePidFile, type PidFileState } from "./pid-judgement.ts";
import { type ProcessTable, systemProcesses } from "./process-table.ts";

/** The pid file of this process. */
export interface HeldPidFile {
  readonly path: string;
  /** Removes it if it is still ours; where that is not permitted any more, empties it. Never throws; safe to repeat. */
  release(): void;
}

/** A number and a line feed; whatever is longer is no pid file. */
const octetsMax = 64;

/** Everybody may know the number, as `kill $(cat hawser.pid)` needs it. */
const mode = 0o644;

/** Others come and go while we look; nobody does so often. */
const attemptsMax = 100;

/**
 * Makes a pid file ours. It appears with its number in it, by a hard link, which two cannot make. One whose daemon is
 * dead is replaced: whoever does so holds a claim of the same kind on that very file meanwhile, so that of two who find
 * it dead one replaces it, and the other is told.
 * @throws {DaemonError} `already-running`
 * @throws {UsageError} when it cannot be written, or holds something else
 */
export function claimPidFile(path: string, table: ProcessTable = systemProcesses): HeldPidFile {
  try {
    return claim(path, table);
  } catch (error) {
    if (error instanceof DaemonError || error instanceof UsageError) throw error;
    throw new UsageError(`Cannot write the pid file ${quote(path)}: ${pidFileReason(error)}`, { cause: error });
  }
}

/** Whose a pid file is; `undefined` when there is none. Throws what the system says when it cannot be read. */
export function lookAtPidFile(path: string, table: ProcessTable = systemProcesses): PidFileState | undefined {
  const found = readPidFile(path);
  return found === undefined ? undefined : judgePidFile(found, table, process.pid);
}

function claim(path: string, table: ProcessTable): HeldPidFile {
  const draft = `${path}.${process.pid}`;
  const fd = writeDraft(draft);
  try {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      if (tryLink(draft, path) || tryReplace(draft, path, table)) return hold(path, fd);
    }
    throw new DaemonError("failed", `Cannot write the pid file ${quote(path)}: it comes and goes`);
  } catch (error) {
    closeSync(fd);
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** @returns false when the file changed meanwhile */
function tryReplace(draft: string, path: string, table: ProcessTable): boolean {
  const found = readPidFile(path);
  if (found === undefined) return false;
  refuseUnlessStale(path, judgePidFile(found, table, process.pid));
  // Only who holds this may replace this very file, so once we hold it, what is there stays there.
  const turn = claim(`${path}.stale-${found.ino}`, table);
  try {
    if (!isSame(readPidFile(path), found)) return false;
    renameSync(draft, path);
    return true;
  } finally {
    turn.release();
  }
}

function refuseUnlessStale(path: string, state: PidFileState): void {
  if (state.name === "foreign")
    throw new UsageError(`Cannot write the pid file ${quote(path)}: it holds something else than a process id`);
  if (state.name === "running")
    throw new DaemonError("already-running", `Cannot start: process ${state.pid} runs already (${path})`);
}

function hold(path: string, fd: number): HeldPidFile {
  let held = true;
  const release = () => {
    if (!held) return;
    held = false;
    removeIfOurs(path, fd);
    ftruncateSync(fd); // where it could not be removed, as its folder is root's and we no longer are
    closeSync(fd);
  };
  return { path, release };
}

/** Nobody can do more about it; whoever starts next finds that we are gone. */
function removeIfOurs(path: string, fd: number): void {
  try {
    if (isOurs(path, fd)) rmSync(path);
  } catch {}
}

function isOurs(path: string, fd: number): boolean {
  const [ours, there] = [fstatSync(fd), statSync(path)];
  return ours.ino === there.ino && ours.dev === there.dev;
}

function writeDraft(draft: string): number {
  rmSync(draft, { force: true }); // of a process that had our number and died on the way
  const fd = openSync(draft, "wx", mode);
  fchmodSync(fd, mode);
  writeSync(fd, `${process.pid}\n`);
  return fd;
}

function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function readPidFile(path: string): FoundPidFile | undefined {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { dev, ino, mtimeMs } = fstatSync(fd);
    const buffer = Buffer.alloc(octetsMax);
    return { dev, ino, modifiedMs: mtimeMs, text: buffer.toString("latin1", 0, readSync(fd, buffer)) };
  } finally {
    closeSync(fd);
  }
}

/** An inode number is given away again; the number in the file and its time are not the same then. */
function isSame(one: FoundPidFile | undefined, other: FoundPidFile): boolean {
  return (
    one?.ino === other.ino && one.dev === other.dev && one.text === other.text && one.modifiedMs === other.modifiedMs
  );
}

function pidFileReason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EPERM" || code === "ENOTSUP" ? "its file system makes no hard links" : fileReason(error);
}
