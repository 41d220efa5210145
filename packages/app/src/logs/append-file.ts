import { closeSync, fchownSync, fstatSync, openSync, statSync, writeSync } from "node:fs";
import { UsageError } from "@hawser/core";
import { fileReason } from "./file-reason.ts";

/** To whom a file is given that is opened before privileges are dropped. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Owner and group read it; the umask of a daemon takes the group away. */
const logMode = 0o640;

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
    const fd = openSync(this.path, "a", logMode);
    if (this.#owner !== undefined && process.getuid?.() === 0) {
      if (fstatSync(fd).isFile()) fchownSync(fd, this.#owner.uid, this.#owner.gid);
    }
    return fd;
  }
}
