import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { quote, UsageError } from "@hawser/core";
import { DaemonError } from "./errors.ts";

/** The words that run a program below another root. Node has no chroot(2) of its own, so it is started anew, inside. */
export function chrootWords(folder: string, words: readonly string[]): readonly string[] {
  return ["chroot", folder, ...words];
}

/**
 * Refuses a folder in which node could not even start: node itself, the libraries it is linked with, and the program must
 * be there under the same paths (mount them there read-only, or copy them).
 * @throws {UsageError} when it is no folder
 * @throws {DaemonError} `no-chroot`, with the files that are missing
 */
export function checkChroot(folder: string, program: string): void {
  if (!isFolder(folder)) throw new UsageError(`Cannot change the root to ${quote(folder)}: no such directory`);
  const missing = neededFiles(program).filter((path) => !existsSync(join(folder, path)));
  if (missing.length === 0) return;
  const shown = missing.slice(0, shownMax).join(", ") + (missing.length > shownMax ? ", …" : "");
  throw new DaemonError("no-chroot", `Cannot change the root to ${quote(folder)}: node needs ${shown} in it`);
}

const shownMax = 8;

function neededFiles(program: string): readonly string[] {
  return [...new Set([realpathSync(process.execPath), ...sharedObjects(), program, realpathSync(program)])];
}

/** The libraries that are mapped into us, and the linker which maps them. */
function sharedObjects(): readonly string[] {
  return librariesIn(readMaps());
}

/** The files of libraries in `/proc/PID/maps` (proc(5)). */
export function librariesIn(maps: string): readonly string[] {
  const paths = maps.split("\n").map((line) => /\s(\/\S*\.so(?:\.[\w.]+)?)$/.exec(line)?.[1] ?? "");
  return [...new Set(paths.filter((path) => path !== ""))];
}

function readMaps(): string {
  try {
    return readFileSync("/proc/self/maps", "utf8");
  } catch {
    return ""; // not Linux: chroot(8) tells what is missing when it runs
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
