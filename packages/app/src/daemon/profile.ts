import { closeSync, constants, openSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { promisify } from "node:util";
import { quote, UsageError } from "@hawser/core";
import { fileReason } from "../logs/file-reason.ts";

/** Where the process spends its time, from now on. */
export interface RunningProfile {
  /** Writes it, for the browser's developer tools. */
  write(): Promise<void>;
}

/**
 * Begins to sample the process's stack.
 * @throws {UsageError} when the file cannot be written: better known now than after a day
 */
export async function startProfile(path: string): Promise<RunningProfile> {
  const fd = openProfile(path);
  const session = new Session();
  session.connect();
  const post = promisify((method: string, done: (error: Error | null, result?: object) => void) =>
    session.post(method, done),
  );
  await post("Profiler.enable");
  await post("Profiler.start");
  return {
    async write() {
      const { profile } = (await post("Profiler.stop")) as { readonly profile: unknown };
      session.disconnect();
      writeFileSync(fd, JSON.stringify(profile));
      closeSync(fd);
    },
  };
}

/** Kept open, since privileges may be dropped meanwhile. */
function openProfile(path: string): number {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW, 0o640);
  } catch (cause) {
    throw new UsageError(`Cannot write the profile ${quote(path)}: ${fileReason(cause)}`, { cause });
  }
}
