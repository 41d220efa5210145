import { quote, StateError } from "../errors.ts";
import { FileError, type FileErrorCode, type FileListOptions, type OpenMode, type TreePath } from "./tree.ts";

/** Makes the error every tree throws, so that all of them speak alike: `Cannot open "a/b": no such file or directory`. */
export function fileError(
  code: FileErrorCode,
  action: string,
  path: TreePath,
  options?: ErrorOptions & { readonly fault?: string | undefined },
): FileError {
  return new FileError(code, `Cannot ${action} ${quote(spell(path))}: ${options?.fault ?? faults[code]}`, options);
}

/** Refuses an {@link OpenMode} that contradicts itself. @throws {TypeError} */
export function checkOpenMode(mode: OpenMode): void {
  if (mode.write === true) return;
  if (mode.create !== undefined && mode.create !== false) throw new TypeError("Cannot open a file: create needs write");
  if (mode.truncate === true) throw new TypeError("Cannot open a file: truncate needs write");
  if (mode.read === false) throw new TypeError("Cannot open a file: neither read nor write is asked for");
}

/** Refuses an offset or a length that is no whole number of octets. @throws {RangeError} */
export function checkOctets(octets: number): void {
  if (!Number.isSafeInteger(octets) || octets < 0) throw new RangeError(`Cannot use ${octets} as a number of octets`);
}

/** Refuses permission bits outside 0o777. @throws {RangeError} */
export function checkPermissions(mode: number | undefined): void {
  if (mode === undefined || (Number.isInteger(mode) && mode >= 0 && mode <= 0o777)) return;
  throw new RangeError(`Cannot use ${mode} as permission bits: they are 0 to 0o777`);
}

/** Refuses to read a file whole that is longer than was allowed (default 1 MiB). @throws {RangeError} */
export function checkWholeRead(path: TreePath, octets: number, octetsMax: number = 1024 * 1024): void {
  if (octets <= octetsMax) return;
  throw new RangeError(`Cannot read ${quote(spell(path))}: its ${octets} octets are more than ${octetsMax}`);
}

/** Octets that many files together may come to. */
const beginningsOctetsMax = 256 * 1024 * 1024;

/** Refuses to read so many files that their beginnings could fill the memory. @throws {RangeError} */
export function checkFilesRead(names: readonly string[], octetsMax: number): void {
  checkOctets(octetsMax);
  if (names.length * octetsMax <= beginningsOctetsMax) return;
  throw new RangeError(`Cannot read ${names.length} files at once: up to ${octetsMax} octets of each are too much`);
}

/** The names of a directory in their order, as many as are asked for. @throws {RangeError} when `entriesMax` means nothing */
export function listedNames(names: Iterable<string>, { entriesMax }: FileListOptions = {}): string[] {
  if (entriesMax !== undefined && !(entriesMax >= 0)) throw new RangeError(`Cannot list up to ${entriesMax} entries`);
  return [...names].sort().slice(0, entriesMax);
}

/** Holds an open file to the directions it was opened in, until it is closed. */
export class OpenFileGuard {
  readonly #mode: OpenMode;
  #closed = false;

  constructor(mode: OpenMode) {
    this.#mode = mode;
  }

  /** @throws {StateError} */
  check(direction?: "read" | "write"): void {
    if (this.#closed) throw new StateError("Cannot use a file: it is closed");
    const allowed = direction === "read" ? this.#mode.read !== false : this.#mode.write === true;
    if (direction !== undefined && !allowed)
      throw new StateError(`Cannot ${direction} a file: it was not opened for that`);
  }

  /** @returns false when it was closed before */
  close(): boolean {
    if (this.#closed) return false;
    this.#closed = true;
    return true;
  }
}

function spell(path: TreePath): string {
  return typeof path === "string" ? path : path.join("/");
}

const faults: Readonly<Record<FileErrorCode, string>> = {
  exists: "it exists already",
  failed: "the file system failed",
  "invalid-path": "the path leads out of the tree, or nowhere",
  "is-a-directory": "it is a directory",
  "no-space": "there is no space left",
  "not-a-directory": "a part of the path is not a directory",
  "not-empty": "the directory is not empty",
  "not-found": "no such file or directory",
  "not-permitted": "permission denied",
  "read-only": "the tree is read-only",
  "too-many-open": "too many files are open",
};
