import { closeSync, constants, fchownSync, fstatSync, openSync, statSync, writeSync } from "node:fs";
import { UsageError } from "@hawser/core";
import { fileReason } from "./file-reason.ts";

/** To whom a file is given that is opened before privileges are dropped. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Owner and group read it; the umask of a daemon takes the group away. */
const logMode = 0o640;

/**
 * Opens a file to append to, and makes it where there is none. Root does so for an account with care: whoever that account
 * is, it may have put a link in the place of its log, to have a file of root's written to or given away. So a link is not
 * followed, and only a file that was made here is given to it.
 * @param owner the account, where it is not ours
 */
export function openToAppend(path: string, owner: FileOwner | undefined, mode: number = logMode): number {
  if (owner === undefined || process.getuid?.() !== 0) return openSync(path, "a", mode);
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW;
  try {
    const fd = openSync(path, flags | constants.O_CREAT | constants.O_EXCL, mode);
    fchownSync(fd, owner.uid, owner.gid);
    return fd;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return openSync(path, flags);
  }
}

/** A file that is only ever appended to, and opened anew under its name when it was put aside. */
export class AppendFile {
  readonly path: string;
  readonly #owner: FileOwner | undefined;
  #fd: number;

  /** @throws {UsageError} when it cannot be opened */
  constructor(path: string, owner?: FileOwner | undefined) {
    this.path = path;
    this.#owner = owner;
    try {
      this.#fd = this.#open();
    } catch (cause) {
      throw new UsageError(`Cannot write the log "${path}": ${fileReason(cause)}`, { cause });
    }
  }

  /** How long it is, and when it was last written. */
  get stat(): { readonly octets: number; readonly modifiedMs: number } {
    const { size, mtimeMs } = fstatSync(this.#fd);
    return { octets: size, modifiedMs: mtimeMs };
  }

  /** Whether its name now means another file. While it means none, whoever put ours aside is not done. */
  get wasReplaced(): boolean {
    try {
      const [here, there] = [fstatSync(this.#fd), statSync(this.path)];
      return here.ino !== there.ino || here.dev !== there.dev;
    } catch {
      return false;
    }
  }

  /** Writes all of it, or throws what the system said. */
  append(text: string): void {
    const octets = Buffer.from(text);
    for (let at = 0; at < octets.length; ) at += writeSync(this.#fd, octets, at);
  }

  /** Opens what its name means now. Throws, and keeps the old one, when that cannot be opened. */
  reopen(): void {
    const fd = this.#open();
    closeSync(this.#fd);
    this.#fd = fd;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #open(): number {
    return openToAppend(this.path, this.#owner);
  }
}
